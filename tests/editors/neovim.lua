-- Run by neovim.sh inside Neovim.

local project = os.getenv('PROJECT')

local function write(name, lines)
  vim.fn.mkdir(project, 'p')
  local path = project .. '/' .. name
  vim.fn.writefile(lines, path)
  return path
end

local function fail(message)
  io.stderr:write('neovim: ' .. message .. '\n')
  os.exit(1)
end

local function check(what, got, wanted)
  if not vim.deep_equal(got, wanted) then
    fail(what .. ': got ' .. vim.inspect(got) .. ', wanted ' .. vim.inspect(wanted))
  end
end

local function open(path)
  vim.cmd.edit(vim.fn.fnameescape(path))
  return vim.api.nvim_get_current_buf()
end

-- The findings of a buffer as soon as there are `count`.
local function wait(buffer, count)
  local got
  local ok = vim.wait(20000, function()
    got = vim.diagnostic.get(buffer)
    return #got == count
  end, 20)
  if not ok then
    fail(('%s: wanted %d findings, got %s'):format(vim.api.nvim_buf_get_name(buffer), count, vim.inspect(got)))
  end
  table.sort(got, function(a, b) return a.lnum < b.lnum end)
  return got
end

vim.cmd('filetype on')
vim.opt.runtimepath:append(os.getenv('EDITORS') .. '/neovim')
vim.lsp.enable('dockvet')
vim.lsp.log.set_level('off')

local dockerfile = open(write('Dockerfile', { 'FROM alpine:3', 'EXPOSE 80/é𐐀 80', 'CMD ["x"]' }))
local found = wait(dockerfile, 2)

check('code', found[1].code, 'root-user')
check('source', found[1].source, 'dockvet')
check('severity', found[1].severity, vim.diagnostic.severity.WARN)
check('place', { found[1].lnum, found[1].col, found[1].end_lnum, found[1].end_col }, { 0, 5, 0, 13 })
check('message', found[1].message:match('^[^\n]*'), 'this image runs as root: no USER is set, and alpine:3 runs as root')
check('help', found[1].message:match('\nhelp: ') ~= nil, true)

-- Columns are bytes here; the same word in the text.
local line = vim.api.nvim_buf_get_lines(dockerfile, 1, 2, true)[1]
check('wide word', line:sub(found[2].col + 1, found[2].end_col), '80/é𐐀')

local client = vim.lsp.get_clients({ bufnr = dockerfile })[1]
check('client', client.name, 'dockvet')
check('encoding', client.offset_encoding, 'utf-8')

-- Edits are followed.
vim.api.nvim_buf_set_text(dockerfile, 1, 9, 1, 16, { '' })
vim.api.nvim_buf_set_lines(dockerfile, 0, 0, true, { '# é' })
found = wait(dockerfile, 1)
check('moved', { found[1].code, found[1].lnum }, { 'root-user', 1 })
vim.api.nvim_buf_set_lines(dockerfile, -1, -1, true, { 'USER 10001' })
wait(dockerfile, 0)

-- Other YAML is attached and left alone.
local yaml = open(write('pod.yaml', { 'kind: Pod', 'spec: {}' }))
if not vim.wait(20000, function() return #vim.lsp.get_clients({ bufnr = yaml }) == 1 end, 20) then
  fail('the server is not attached to YAML')
end
vim.api.nvim_buf_set_lines(yaml, -1, -1, true, { 'a: b' })
vim.cmd.buffer(dockerfile)
vim.api.nvim_buf_set_lines(dockerfile, -2, -1, true, {})
wait(dockerfile, 1)
check('other YAML', vim.diagnostic.get(yaml), {})

client:stop()
if not vim.wait(20000, function() return client:is_stopped() end, 20) then
  fail('the server does not stop')
end
io.write('neovim: all as it should be\n')
os.exit(0)
