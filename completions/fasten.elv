# elvish completion for fasten(1); `eval (slurp < fasten.elv)` in rc.elv. The
# command after `--` completes as it would alone.

use path
use str

# >>> made from src/cli.rs by FASTEN_UPDATE=1 cargo test --test docs completions
var verbs = [
  [exclusive 'Run a command while nobody else holds the lock']
  [read 'Run a command while others may read and nobody writes']
  [write 'Run a command while nobody reads or writes, taking turns with the readers']
  [unlock 'Give back the lock of an open descriptor']
  [status 'Say who holds locks and who waits for them']
  [doctor 'Try whether locks work in a directory, and say what is wrong']
  [help 'Print this message or the help of the given subcommand(s)']
]
var runners = [exclusive read write]
var folders = [doctor]
var options = [
  [&of=[fasten exclusive read write unlock status doctor] &names=[-h --help] &takes=[] &help='Print help']
  [&of=[fasten] &names=[-V --version] &takes=[] &help='Print version']
  [&of=[exclusive read write] &names=[-n --nonblock --nb] &takes=[] &help='Do not wait']
  [&of=[exclusive read write] &names=[-w --timeout --wait] &takes=[word] &help='Wait at most so long: 10, 1.5 (seconds), 250ms, 2m, 1h30m']
  [&of=[exclusive read write] &names=[-E --conflict-exit-code] &takes=[word] &help='Exit with N when the lock was not obtained']
  [&of=[exclusive read write] &names=[-F --no-fork] &takes=[] &help='Become the command instead of starting it']
  [&of=[exclusive read write] &names=[-o --close] &takes=[] &help='Do not let the command inherit the lock']
  [&of=[exclusive read write] &names=[--linger] &takes=[] &help='Hold the lock until the last process that inherited it is gone']
  [&of=[exclusive read write] &names=[--fd] &takes=[word] &help='Lock the open descriptor N instead of a LOCK; without a COMMAND for good']
  [&of=[exclusive read write] &names=[--fcntl] &takes=[] &help='Take an fcntl(2) lock, as fasteners and lockf(3) do, instead of a flock(2)']
  [&of=[exclusive read write] &names=[--nested] &takes=[refuse join wait] &help='What to do when the wait would never end']
  [&of=[exclusive read write] &names=[--no-create] &takes=[] &help='A lock that does not exist is an error']
  [&of=[exclusive read write] &names=[-q --quiet] &takes=[] &help='Say nothing of our own']
  [&of=[exclusive read write] &names=[-v --verbose] &takes=[] &help='Say how long it waited and held']
  [&of=[exclusive read write] &names=[-c --command] &takes=[command] &help='Run STRING with /bin/sh -c instead of a COMMAND']
  [&of=[write] &names=[--prefer] &takes=[fair reader writer] &help='Who goes first when readers and this writer want the lock']
  [&of=[unlock] &names=[--fd] &takes=[word] &help='The descriptor that is locked']
  [&of=[status] &names=[-q --quiet] &takes=[] &help='Say nothing; the exit code tells']
  [&of=[status] &names=[--json] &takes=[] &help='Say it as JSON, for programs']
  [&of=[status] &names=[--watch] &takes=[] &help='Say it again whenever something changes, until Ctrl-C']
  [&of=[doctor] &names=[-q --quiet] &takes=[] &help='Say only what is wrong']
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
  } elif (has-value $folders $verb) {
    edit:complete-filename $@words | each {|c| if (path:is-dir &follow-symlink=$true $c[stem]) { put $c } }
  } else {
    edit:complete-filename $@words
  }
}
