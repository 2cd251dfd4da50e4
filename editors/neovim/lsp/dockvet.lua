---@type vim.lsp.Config
return {
  cmd = { 'dockvet', 'lsp' },
  -- Most Compose files are plain `yaml`; the server is silent about YAML that is none.
  filetypes = { 'dockerfile', 'yaml', 'yaml.docker-compose' },
  -- The repository first: a Dockerfile is judged together with the Compose file that builds it, wherever that is.
  root_markers = { 'dockvet.toml', '.git', 'compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml' },
}
