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
    add_instead_of_copy
    arg_out_of_scope
    authentication_disabled
    build_and_image
    build_secret_mismatch
    compose_conflict
    compose_order
    compose_reference
    compose_schema
    compose_syntax
    compose_value
    compose_weakens_image
    copy_ignored_file
    copy_many_needs_directory
    copy_without_chown
    credentials_in_url
    daemon_config
    dangerous_capability
    dangerous_device
    datastore_published
    debug_mode
    dependency_index_mixing
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
    healthcheck_cannot_work
    host_namespace
    host_program_run
    image_without_digest
    inconsistent_casing
    insecure_tmpfs
    invalid_default_arg_in_from
    invalid_json_form
    isolation_weakened
    label_format
    legacy_key_value
    logging_disabled
    maintainer_deprecated
    missing_cap_drop
    missing_copy_source
    missing_healthcheck
    missing_no_new_privileges
    missing_project_name
    missing_resource_limits
    named_user_without_passwd
    non_numeric_user
    nonroot_user_cannot_write
    obsolete_version
    override_has_no_effect
    package_verification_disabled
    pipe_to_shell
    port_on_all_interfaces
    privilege_backdoor
    privileged
    published_port_not_exposed
    redundant_target_platform
    relative_copy_destination
    relative_workdir
    reserved_stage_name
    root_user
    secret_file_copied
    secret_in_env
    secret_in_run
    secret_removed_too_late
    security_profile_disabled
    sensitive_host_mount
    shared_mount_propagation
    shell_form_command
    ssh_host_key_unchecked
    ssh_server
    stopsignal_cannot_stop
    sudo_in_run
    system_directory
    tls_verification_disabled
    undeclared_build_arg
    undefined_copy_source_stage
    undefined_interpolation
    undefined_variable
    unpinned_image
    unpinned_language_package
    unpinned_remote_input
    unpinned_system_package
    unquoted_yaml_trap
    unreachable_stage
    untrusted_frontend
    untrusted_registry
    unused_definition
    unused_suppression
    unused_user
    unverified_download
    user_group_drops_supplementary
    volume_option_ignored
    whole_context_copied
    world_writable_permissions
    writable_root_filesystem
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
