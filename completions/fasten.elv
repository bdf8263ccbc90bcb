# elvish completion for fasten(1); `eval (slurp < fasten.elv)` in rc.elv. The
# command after `--` completes as it would alone.

use path
use str

# >>> made from src/cmd/args.rs by FASTEN_UPDATE=1 cargo test --test docs completions
var verbs = [
  [exclusive 'Of the commands that write']
  [read 'Run a command under a shared lock, together with other readers']
  [write 'Of the commands that write']
  [slot 'Run a command in one of N slots']
  [unlock 'Release the lock of an open descriptor']
  [status 'Show who holds locks and who waits for them']
  [doctor 'Check whether locks work in a directory']
  [completions 'Print the completions for a shell']
  [manual 'Show the manual page']
  [help 'Print this message or the help of the given subcommand(s)']
]
var runners = [exclusive read write slot]
var folders = [doctor]
var shells = [bash zsh fish elvish powershell]
var options = [
  [&of=[fasten exclusive read write slot unlock status doctor completions manual] &names=[-h --help] &takes=[] &help='Print help']
  [&of=[fasten] &names=[-V --version] &takes=[] &help='Print version']
  [&of=[exclusive read write slot] &names=[-n --nonblock --nb] &takes=[] &help='Do not wait for the lock']
  [&of=[exclusive read write slot] &names=[-w --timeout --wait] &takes=[word] &help='Wait at most TIME: 10, 1.5, 250ms, 2m, 1h30m']
  [&of=[exclusive read write slot] &names=[-E --conflict-exit-code] &takes=[word] &help='Exit with N if the lock was not obtained']
  [&of=[exclusive read write slot] &names=[-F --no-fork] &takes=[] &help='Exec the command instead of forking']
  [&of=[exclusive read write slot] &names=[-o --close] &takes=[] &help='Do not let the command inherit the lock']
  [&of=[exclusive read write slot] &names=[--linger] &takes=[] &help='Hold the lock until every process that inherited it has exited']
  [&of=[exclusive read write] &names=[--fd] &takes=[word] &help='Lock the open descriptor N instead of a LOCK']
  [&of=[exclusive read write] &names=[--fcntl] &takes=[] &help='Take an fcntl(2) lock instead of a flock(2) lock']
  [&of=[exclusive read write slot] &names=[--nested] &takes=[refuse join wait] &help='What to do about a deadlock']
  [&of=[exclusive read write slot] &names=[--no-create] &takes=[] &help='Do not create a LOCK that does not exist']
  [&of=[exclusive read write slot] &names=[--mode] &takes=[word] &help='Create lock files with the permissions MODE, in octal']
  [&of=[exclusive read write slot] &names=[-q --quiet] &takes=[] &help='Print nothing about a busy lock or a wait for it']
  [&of=[exclusive read write slot] &names=[-v --verbose] &takes=[] &help='Report how long it waited and held the lock']
  [&of=[exclusive read write slot] &names=[-c --command] &takes=[command] &help='Run STRING with /bin/sh -c instead of a COMMAND']
  [&of=[exclusive write] &names=[--coalesce] &takes=[] &help='Leave if another such command already waits to run']
  [&of=[write] &names=[--prefer] &takes=[fair reader writer] &help='Who goes first when readers and this writer compete']
  [&of=[slot] &names=[-j --jobs] &takes=[word] &help='Run at most N commands at once']
  [&of=[slot] &names=[--take] &takes=[word] &help='Take K slots at once: all of them, or none']
  [&of=[unlock] &names=[--fd] &takes=[word] &help='Descriptor to unlock']
  [&of=[status] &names=[-q --quiet] &takes=[] &help='Print nothing on standard output: the exit code is the answer']
  [&of=[status] &names=[--json] &takes=[] &help='Print JSON, for programs']
  [&of=[status] &names=[--watch] &takes=[] &help='Print the table again whenever it changes, until Ctrl-C']
  [&of=[status doctor] &names=[--color] &takes=[auto always never] &help='When to use colour']
  [&of=[doctor] &names=[-q --quiet] &takes=[] &help='Print only what is wrong']
]
# <<<

set edit:completion:arg-completer[fasten] = {|@words|
  var cur = $words[-1]
  var prev = $words[-2]
  var before = $words[1..-1]
  var verb = fasten
  var dashes = $nil
  for i [(range (count $before))] {
    if (and (eq $dashes $nil) (eq $before[$i] '--')) {
      set dashes = $i
    } elif (and (eq $verb fasten) (not (str:has-prefix $before[$i] -))) {
      set verb = $before[$i]
    }
  }
  var own = [(each {|o| if (has-value $o[of] $verb) { put $o } } $options)]
  var asked = [(each {|o| if (has-value $o[names] $prev) { put $o } } $own)]

  if (and (not-eq $dashes $nil) (has-value $runners $verb)) {
    edit:complete-sudo (all $words[(+ $dashes 1)..])
  } elif (not-eq $dashes $nil) {
    edit:complete-filename $@words
  } elif (and (> (count $asked) 0) (not-eq $asked[0][takes] [])) {
    if (eq $asked[0][takes] [command]) {
      edit:complete-sudo sudo $cur
    } elif (not-eq $asked[0][takes] [word]) {
      all $asked[0][takes]
    }
  } elif (str:has-prefix $cur -) {
    each {|o|
      each {|name| edit:complex-candidate $name &display=$name' ('$o[help]')' } $o[names]
    } $own
  } elif (has-value [fasten help] $verb) {
    each {|v| edit:complex-candidate $v[0] &display=$v[0]' ('$v[1]')' } $verbs
  } elif (eq $verb completions) {
    all $shells
  } elif (has-value $folders $verb) {
    edit:complete-filename $@words | each {|c| if (path:is-dir &follow-symlink=$true $c[stem]) { put $c } }
  } else {
    edit:complete-filename $@words
  }
}
