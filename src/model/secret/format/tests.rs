use super::*;
use std::collections::HashSet;

/// One true-to-form credential for every format, as a template: `{a36}` stands for 36 random letters and digits (see
/// [`alphabet`]), `{}` for nothing. Templates keep anything that looks like a credential out of this file.
const SAMPLES: [(&str, &str); 116] = [
    ("age-secret-key", "AGE-SECRET-KEY-1{q58}"),
    ("alibaba-access-key-id", "LTAI{a20}"),
    ("anthropic-api-key", "sk-ant-api03-{w93}AA"),
    ("artifactory-api-key", "AKCp{a69}"),
    ("artifactory-reference-token", "cmVmdGtuOj{a54}"),
    ("atlassian-api-token", "ATATT3xFfGF0{w180}"),
    ("aws-access-key-id", "AKIA{B16}"),
    ("aws-bedrock-api-key", "ABSKQmVkcm9ja0FQSUtleS{b110}="),
    ("aws-secret-access-key", "AWS_SECRET_ACCESS_KEY=<{b40}>"),
    ("azure-ad-client-secret", "{a3}8Q~{a34}"),
    ("azure-container-registry-key", "{a42}+ACRA{a5}"),
    ("azure-devops-token", "{a76}AZDO{a4}"),
    ("azure-function-key", "{a44}AzFu{a5}Q=="),
    ("azure-search-key", "{a42}AzSeA{a5}"),
    ("azure-shared-access-key", "SharedAccessKey=<{b43}=>"),
    ("azure-shared-access-signature", "sv=2022-11-02&ss=b&sp=r&sig=<{a43}%3D>"),
    ("azure-storage-key", "AccountKey=<{b86}==>"),
    ("azure-storage-key-marked", "{a76}+ASt{a5}A=="),
    ("basic-authorization", "Authorization: Basic <YWxpY2U6c3VwZXJzZWNyZXQ=>"),
    ("brevo-api-key", "xkeysib-{h64}-{a16}"),
    ("buildkite-token", "bkua_{h40}"),
    ("circleci-token", "CCIPAT_{a22}_{h40}"),
    ("clojars-token", "CLOJARS_{h60}"),
    ("cloudflare-origin-ca-key", "v1.0-{h24}-{h146}"),
    ("cloudflare-tunnel-token", "eyJhIjoi{a176}"),
    ("contentful-token", "CFPAT-{w43}"),
    ("crates-io-token", "cio{a32}"),
    ("databricks-token", "dapi{h32}-3"),
    ("datadog-key", "DD_API_KEY=<{h32}>"),
    ("digitalocean-token", "dop_v1_{h64}"),
    ("discord-bot-token", "MTA5ODc2NTQzMjEwOTg3NjU0.{w6}.{w38}"),
    ("discord-webhook", "https://discord.com/api/webhooks/109876543210987654/<{w68}>"),
    ("docker-hub-token", "dckr_pat_{w27}"),
    ("docker-registry-auth", "{\"auth\": \"<YWxpY2U6c3VwZXJzZWNyZXQ=>\"}"),
    ("doppler-token", "dp.st.prd.{a42}"),
    ("dropbox-token", "sl.u.{w140}"),
    ("duffel-token", "duffel_live_{w43}"),
    ("dynatrace-token", "dt0c01.{u24}.{u64}"),
    ("easypost-api-key", "EZAK{a54}"),
    ("elevenlabs-api-key", "sk_{h48}"),
    ("figma-token", "figd_{w40}"),
    ("firebase-server-key", "AAAA{w7}:APA91b{w134}"),
    ("flyio-token", "fm2_{b700}=="),
    ("gcp-service-account", "{\"private_key\": \"<-----BEG{}IN PRIVATE KEY-----\\n{b64}\\n{b30}\\n-----END PRIVATE KEY----->\\n\"}"),
    ("github-fine-grained-token", "github_pat_{a22}_{a59}"),
    ("github-refresh-token", "ghr_{a76}"),
    ("github-token", "ghp_{c36}"),
    ("gitlab-runner-registration-token", "GR1348941{w20}"),
    ("gitlab-token", "glpat-{w20}"),
    ("google-api-key", "AIza{w35}"),
    ("google-oauth-client-secret", "GOCSPX-{w28}"),
    ("google-oauth-token", "ya29.{w200}"),
    ("grafana-api-key", "eyJrIjoi{a80}"),
    ("grafana-cloud-token", "glc_eyJ{a90}"),
    ("grafana-service-account-token", "glsa_{a32}_{h8}"),
    ("groq-api-key", "gsk_{a52}"),
    ("heroku-api-key", "HRKU-AA{w58}"),
    ("hugging-face-token", "hf_{l34}"),
    ("json-web-token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.{w43}"),
    ("langsmith-api-key", "lsv2_pt_{h32}_{h10}"),
    ("launchdarkly-key", "sdk-{h8}-{h4}-4{h3}-a{h3}-{h12}"),
    ("linear-api-key", "lin_api_{a40}"),
    ("mailchimp-api-key", "{h32}-us12"),
    ("mailgun-api-key", "api:<key-{h32}>"),
    ("mapbox-secret-token", "sk.eyJ{w90}.{w22}"),
    ("netlify-token", "nfp_{a36}"),
    ("new-relic-license-key", "{h36}NRAL"),
    ("new-relic-user-key", "NRAK-{u27}"),
    ("notion-token", "ntn_{d11}{a35}"),
    ("npm-legacy-token", "//registry.example/:_authToken=<{h8}-{h4}-{h4}-{h4}-{h12}>"),
    ("npm-token", "npm_{a36}"),
    ("ntfy-token", "tk_{z29}"),
    ("nuget-api-key", "oy2{z43}"),
    ("nvidia-api-key", "nvapi-{w64}"),
    ("onepassword-service-account-token", "ops_eyJ{b700}"),
    ("openai-api-key", "sk-proj-{w74}T3BlbkFJ{w74}"),
    ("openrouter-api-key", "sk-or-v1-{h64}"),
    ("openvpn-static-key", "-----BEG{}IN OpenVPN Static key V1-----\n{h32}\n{h32}\n-----END OpenVPN Static key V1-----"),
    ("perplexity-api-key", "pplx-{a48}"),
    ("plaid-access-token", "access-production-{h8}-{h4}-{h4}-{h4}-{h12}"),
    ("planetscale-token", "pscale_tkn_{a43}"),
    ("postman-api-key", "PMAK-{h24}-{h34}"),
    ("prefect-api-key", "pnu_{a36}"),
    ("private-key", "-----BEG{}IN RSA PRIVATE KEY-----\n{b64}\n{b64}\n-----END RSA PRIVATE KEY-----"),
    ("private-key-base64", "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt{b900}="),
    ("pulumi-token", "pul-{h40}"),
    ("putty-private-key", "PuTTY-User-Key-File-{}3: ssh-ed25519"),
    ("pypi-token", "pypi-AgEIcHlwaS5vcmc{w120}"),
    ("readme-api-key", "rdme_{z70}"),
    ("render-api-key", "rnd_{a32}"),
    ("replicate-token", "r8_{a37}"),
    ("rubygems-api-key", "rubygems_{h48}"),
    ("sendgrid-api-key", "SG.{w22}.{w43}"),
    ("sentry-org-token", "sntrys_eyJ{a120}_{b43}"),
    ("sentry-user-token", "sntryu_{h64}"),
    ("shopify-token", "shpat_{h32}"),
    ("slack-app-token", "xapp-1-A0{u9}-{d13}-{h64}"),
    ("slack-token", "xoxb-{d12}-{d13}-{a24}"),
    ("slack-webhook", "https://hooks.slack.com/services/T0{u8}/B0{u8}/<{a24}>"),
    ("sonarqube-token", "squ_{h40}"),
    ("sourcegraph-token", "sgp_{h16}_{h40}"),
    ("square-token", "sq0atp-{w22}"),
    ("stripe-live-key", "sk_live_{a24}"),
    ("stripe-webhook-secret", "whsec_{a32}"),
    ("supabase-token", "sbp_{h40}"),
    ("tailscale-key", "tskey-auth-k{a11}CNTRL-{a32}"),
    (
        "teams-webhook",
        "https://x.webhook.office.com/webhookb2/{h8}-{h4}-{h4}-{h4}-{h12}@{h8}-{h4}-{h4}-{h4}-{h12}/IncomingWebhook/<{h32}>/{h8}-{h4}-{h4}-{h4}-{h12}",
    ),
    ("telegram-bot-token", "{d10}:AA{w33}"),
    ("tencent-secret-id", "AKID{a32}"),
    ("terraform-cloud-token", "{a14}.atlasv1.{a67}"),
    ("twilio-api-key", "SK{h32}"),
    ("typeform-token", "tfp_{a59}"),
    ("vault-token", "hvs.{w92}"),
    ("wireguard-private-key", "PrivateKey = <{b42}A=>"),
    ("xai-api-key", "xai-{a80}"),
    ("yandex-api-key", "AQVN{w36}"),
];

fn alphabet(letter: char) -> &'static str {
    match letter {
        'a' | 'c' => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        'b' => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        'B' => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        'd' => "0123456789",
        'h' => "0123456789abcdef",
        'l' => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        'q' => "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
        'u' => "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        'w' => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        'z' => "abcdefghijklmnopqrstuvwxyz0123456789",
        _ => panic!("no alphabet {letter}"),
    }
}

/// Random characters, the same ones in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn text(&mut self, letter: char, length: usize) -> String {
        let letters = alphabet(letter).as_bytes();
        // No dash or underscore at the ends, so that a sample is one word.
        (0..length)
            .map(|at| char::from(letters[self.next(if at == 0 || at + 1 == length { letters.len().min(62) } else { letters.len() })]))
            .collect()
    }
}

/// A template filled in, and the range of the secret in it: between `<` and `>`, or all of it.
fn fill(template: &str, seed: u64) -> (String, Range<usize>) {
    let mut dice = Dice(seed);
    let mut out = String::new();
    let mut marks = Vec::new();
    let mut rest = template;
    while let Some(c) = rest.chars().next() {
        let close = rest.find('}');
        match c {
            '<' | '>' => marks.push(out.len()),
            '{' if close.is_some_and(|at| rest[1..at].chars().skip(1).all(|c| c.is_ascii_digit()) && !rest[1..at].starts_with('"')) => {
                let hole = &rest[1..close.unwrap()];
                if let Some(letter) = hole.chars().next() {
                    let length: usize = hole[1..].parse().unwrap();
                    out += &if letter == 'c' { with_checksum(&mut dice, length) } else { dice.text(letter, length) };
                }
                rest = &rest[close.unwrap()..];
            }
            _ => out.push(c),
        }
        rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
    }
    let range = if let [start, end] = marks[..] { start..end } else { 0..out.len() };
    (out, range)
}

fn with_checksum(dice: &mut Dice, length: usize) -> String {
    let random = dice.text('a', length - 6);
    let mut sum = crc32(random.as_bytes());
    let mut digits = Vec::new();
    for _ in 0..6 {
        digits.push(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(sum % 62) as usize]);
        sum /= 62;
    }
    random + &digits.iter().rev().map(|d| char::from(*d)).collect::<String>()
}

/// The formats found, with the text of each.
fn found(text: &str) -> Vec<(&'static str, String)> {
    find_secrets(text).into_iter().map(|hit| (hit.format.id, text[hit.range].to_owned())).collect()
}

#[test]
fn every_format_finds_its_own() {
    for (id, template) in SAMPLES {
        for seed in 1..20 {
            let (sample, secret) = fill(template, seed);
            let text = format!("RUN x \"{sample}\"\nnext");
            let hits = found(&text);
            assert_eq!(hits, [(id, sample[secret].to_owned())], "{id}, seed {seed}: {text}");
        }
    }
    let sampled: HashSet<&str> = SAMPLES.iter().map(|(id, _)| *id).collect();
    let missing: Vec<&str> = formats().iter().map(|f| f.id).filter(|id| !sampled.contains(id)).collect();
    assert_eq!(missing, [] as [&str; 0]);
}

#[test]
fn what_is_cut_or_goes_on_is_none() {
    for (id, template) in SAMPLES {
        let fixed = template.contains("{c36}")
            || ["npm-token", "aws-access-key-id", "google-api-key", "sendgrid-api-key", "twilio-api-key"].contains(&id);
        if fixed {
            let (sample, _) = fill(template, 7);
            assert_eq!(found(&sample[..sample.len() - 1]), [], "{id} cut short");
            assert_eq!(found(&format!("{sample}Z")), [], "{id} going on");
            assert_eq!(found(&format!("Z{sample}")), [], "{id} in a word");
        }
    }
}

#[test]
fn the_table_is_well_formed() {
    assert!(formats().len() >= 60);
    let ids: HashSet<&str> = formats().iter().map(|f| f.id).collect();
    assert_eq!(ids.len(), formats().len());
    let whole: toml::Table = toml::from_str(include_str!("../../knowledge/secrets.toml")).unwrap();
    assert!(whole.keys().all(|id| ids.contains(id.as_str())));
    for format in formats() {
        let id = format.id;
        let rule: Rule = toml::from_str(format.text).unwrap_or_else(|e| panic!("{id}: {e}"));
        assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{id}");
        assert_eq!(rule.keywords, format.keywords, "{id}: the keywords are read without a parser");
        assert!(!rule.name.is_empty() && rule.keywords.split(' ').all(|k| k.len() >= 2), "{id}");
        let regex = rule.regex().unwrap_or_else(|| panic!("{id} is no regex"));
        assert!(regex.captures_len() <= 2, "{id} has one group at most");
        assert!(rule.regex.is_ascii() && !rule.regex.contains(r"\w") && !rule.regex.contains(r"\d"), "{id} needs ASCII classes");
        assert!(rule.long || !rule.regex.contains(",}"), "{id}: what has no end is long");
        assert!(rule.entropy.is_none_or(|bits| (1.0..5.0).contains(&bits)), "{id}");
    }
}

#[test]
fn a_wrong_checksum_is_no_token() {
    let (token, _) = fill("ghp_{c36}", 3);
    assert_eq!(found(&token).len(), 1);
    let wrong = format!("{}{}", &token[..39], if token.ends_with('0') { '1' } else { '0' });
    assert_eq!(found(&wrong), []);
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926, "the check value of CRC-32");
}

#[test]
fn examples_of_documentation_are_none() {
    for template in [
        "AKIA{}IOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI{}/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1{}OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        "glpat-xxxxxxxxxxxxxxxxxxxx",
        "npm_000000000000000000000000000000000000",
        "sk_live_abcdefghijklmnopqrstuvwxyz",
        "hvs.your-token-goes-here-please-{a20}",
        "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "Authorization: Basic dXNlcjpwYXNzd29yZA==",
        "-----BEG{}IN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
        "-----BEG{}IN CERTIFICATE-----\n{b64}\n-----END CERTIFICATE-----",
        "-----BEG{}IN PUBLIC KEY-----\n{b64}\n-----END PUBLIC KEY-----",
    ] {
        let (text, _) = fill(template, 5);
        assert_eq!(found(&text), [], "{text}");
    }
}

#[test]
fn tokens_that_are_meant_to_be_public_are_none() {
    let jwt = |header: &str, payload: &str| {
        let (signature, _) = fill("{w43}", 9);
        format!("{}.{}.{signature}", encode(header), encode(payload))
    };
    assert_eq!(found(&jwt(r#"{"alg":"HS256"}"#, r#"{"role":"service_role"}"#)).len(), 1);
    assert_eq!(found(&jwt(r#"{"alg":"HS256"}"#, r#"{"role":"anon","iss":"x"}"#)), []);
    assert_eq!(found(&jwt(r#"{"alg":"HS256"}"#, r#"{"sub":"1234567890","name":"x"}"#)), []);
    assert_eq!(found(&jwt(r#"{"kid":"no algorithm"}"#, r#"{"sub":"alice"}"#)), []);
    assert_eq!(found(&jwt(r#"{"alg":"HS256"}"#, r#"{"sub":"alice" broken"#)), []);
}

fn encode(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: Vec<bool> = text.bytes().flat_map(|b| (0..8).rev().map(move |i| b >> i & 1 == 1)).collect();
    let digit = |six: &[bool]| (0..6).fold(0, |n, i| n << 1 | usize::from(six.get(i).copied().unwrap_or(false)));
    bits.chunks(6).map(|six| char::from(DIGITS[digit(six)])).collect()
}

#[test]
fn a_key_reaches_to_its_end_line() {
    let (key, _) = fill("-----BEG{}IN OPENSSH PRIVATE KEY-----\n{b70}\n{b70}\n{b20}=\n-----END OPENSSH PRIVATE KEY-----", 2);
    let text = format!("RUN <<E\n{key}\nE\n");
    assert_eq!(found(&text), [("private-key", key.clone())]);
    let escaped = key.replace('\n', "\\n");
    assert_eq!(found(&format!("{{\"k\": \"{escaped}\"}}")), [("private-key", escaped)]);
    // Without an end line the first line of the key is shown.
    let open = &key[..key.len() - 40];
    assert!(found(open)[0].1.len() < open.len());
    // The end of another key is not its end.
    let two = format!("{}\n{key}", &key[..120]);
    assert_eq!(found(&two).len(), 2);
}

#[test]
fn boundaries() {
    let (token, _) = fill("glpat-{w20}", 4);
    for (before, after) in [("", ""), ("=", ";"), ("\"", "\""), ("\\n", "\\n"), (":", "@host"), ("'", "'"), ("é", "é")] {
        assert_eq!(found(&format!("{before}{token}{after}")).len(), 1, "{before} {after}");
    }
    let (aws, _) = fill("AKIA{B16}", 4);
    for (before, after) in [("x", ""), ("", "x"), ("_", ""), ("", "_"), ("9", "")] {
        assert_eq!(found(&format!("{before}{aws}{after}")), [], "{before} {after}");
    }
}

#[test]
fn variables_and_ordinary_text_hold_none() {
    let text = "FROM node:22\nENV PATH=/opt/cio/bin:$PATH SKIP=SK TOKEN=ghp_${TOKEN}\nRUN curl -H \"Authorization: Basic ${LOGIN}\" x && \
                echo eyJ.eyJ.x sk-learn hf_hub tk_1 -us-east-1 sdk-manager\nCOPY --from=sha256:0123456789abcdef0123456789abcdef /a /b\n";
    assert_eq!(found(text), []);
}

proptest::proptest! {
    #[test]
    fn hits_are_in_order_and_on_characters(seeds in proptest::collection::vec(0..SAMPLES.len(), 0..5), glue in "[ a-z\"'=:é\n-]{0,6}") {
        let text: String = seeds.iter().map(|at| fill(SAMPLES[*at].1, *at as u64).0 + &glue).collect();
        let hits = find_secrets(&text);
        proptest::prop_assert!(hits.is_sorted_by(|a, b| a.range.end <= b.range.start));
        proptest::prop_assert!(hits.iter().all(|hit| text.get(hit.range.clone()).is_some_and(|s| !s.is_empty())));
    }
}

#[test]
fn several_in_one_text_come_in_order() {
    let (a, _) = fill("glpat-{w20}", 1);
    let (b, _) = fill("npm_{a36}", 2);
    let text = format!("A={a}\nB={b}\nC={a}");
    assert_eq!(found(&text).iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["gitlab-token", "npm-token", "gitlab-token"]);
}

#[test]
fn text_made_of_keywords_costs_no_more_than_its_length() {
    // Each of these would take minutes if a hit cost the length of the rest.
    for unit in
        ["eyJ", "eyJhIjoi", "-----BEGIN ", "ops_eyJ", "/LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt", "eyJa.", "Q~", ":AA", "sv=2020-01-01&"]
    {
        let text = unit.repeat(400_000 / unit.len());
        let start = std::time::Instant::now();
        find_secrets(&text);
        assert!(start.elapsed().as_secs() < 20, "{unit}: {:?}", start.elapsed());
    }
}
