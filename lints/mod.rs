//! THE CATALOGUE: one pair of files a lint, `<id>.rs` and `<id>.md`, and one word here.

use crate::lint::Lint;

/// Declares the modules and lists their lints in the order given.
macro_rules! catalogue {
    ($($name:ident)*) => {
        $(mod $name;)*
        /// Every lint, in alphabetical order.
        pub static LINTS: &[&Lint] = &[$(&$name::LINT),*];
    };
}

catalogue! {
    arg_out_of_scope
    build_and_image
    build_secret_mismatch
    compose_conflict
    compose_reference
    compose_schema
    compose_syntax
    compose_value
    compose_weakens_image
    copy_ignored_file
    copy_many_needs_directory
    copy_without_chown
    daemon_config
    docker_api_exposed
    docker_socket_mount
    dockerfile_syntax
    dockerignore_problem
    duplicate_instruction
    duplicate_published_port
    empty_continuation
    env_value_altered
    eol_base_image
    expose_format
    from_platform_constant
    hardcoded_secret
    image_without_digest
    inconsistent_casing
    invalid_default_arg_in_from
    invalid_json_form
    label_format
    legacy_key_value
    maintainer_deprecated
    missing_cap_drop
    missing_copy_source
    missing_project_name
    missing_resource_limits
    obsolete_version
    override_has_no_effect
    privileged
    published_port_not_exposed
    redundant_target_platform
    relative_copy_destination
    relative_workdir
    reserved_stage_name
    root_user
    secret_in_env
    shell_form_command
    stopsignal_cannot_stop
    undeclared_build_arg
    undefined_copy_source_stage
    undefined_interpolation
    undefined_variable
    unpinned_image
    unquoted_yaml_trap
    unreachable_stage
    untrusted_frontend
    untrusted_registry
    unused_definition
    volume_option_ignored
}

/// The lint of this id, or the one that answers this rule of another linter: `root-user`, `DL3002`, `hadolint:DL3002`.
pub fn find(name: &str) -> Option<&'static Lint> {
    let by_id = LINTS.iter().find(|l| l.id == name);
    by_id.or_else(|| LINTS.iter().find(|l| l.is_called(name))).copied()
}

/// The id nearest to a misspelt one, if one is near.
pub fn nearest(name: &str) -> Option<&'static str> {
    let distance = |id: &str| strsim::damerau_levenshtein(&name.to_ascii_lowercase(), id);
    let best = LINTS.iter().map(|l| (distance(l.id), l.id)).min()?;
    (best.0 <= best.1.len() / 3).then_some(best.1)
}
