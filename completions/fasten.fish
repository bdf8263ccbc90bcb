# fish completion for fasten(1). The command after `--` completes as it would alone.

# The verb so far; `fasten` when there is none yet.
function __fasten_verb
    set -l verb (string match -v -- '-*' (commandline -opc)[2..] fasten)
    echo $verb[1]
end

# Before `--`, of one of these verbs.
function __fasten_in
    not contains -- -- (commandline -opc); and contains -- (__fasten_verb) $argv
end

# After it.
function __fasten_runs
    contains -- -- (commandline -opc); and contains -- (__fasten_verb) $argv
end

function __fasten_command
    set -l words (commandline -opc)
    set -l at (contains -i -- -- $words)
    complete -C (string join ' ' -- (string escape -- $words[(math $at + 1)..]) (commandline -ct))
end

complete -c fasten -f
# >>> made from src/cli.rs by FASTEN_UPDATE=1 cargo test --test docs completions
complete -c fasten -n '__fasten_in exclusive read write unlock status' -F
complete -c fasten -n '__fasten_in doctor' -a '(__fish_complete_directories)'
complete -c fasten -n '__fasten_runs exclusive read write' -a '(__fasten_command)'
complete -c fasten -n '__fasten_in fasten help' -a exclusive -d 'Run a command while nobody else holds the lock'
complete -c fasten -n '__fasten_in fasten help' -a read -d 'Run a command while others may read and nobody writes'
complete -c fasten -n '__fasten_in fasten help' -a write -d 'Run a command while nobody reads or writes, taking turns with the readers'
complete -c fasten -n '__fasten_in fasten help' -a unlock -d 'Give back the lock of an open descriptor'
complete -c fasten -n '__fasten_in fasten help' -a status -d 'Say who holds locks and who waits for them'
complete -c fasten -n '__fasten_in fasten help' -a doctor -d 'Try whether locks work in a directory, and say what is wrong'
complete -c fasten -n '__fasten_in fasten help' -a help -d 'Print this message or the help of the given subcommand(s)'
complete -c fasten -n '__fasten_in fasten exclusive read write unlock status doctor' -s h -l help -d 'Print help'
complete -c fasten -n '__fasten_in fasten' -s V -l version -d 'Print version'
complete -c fasten -n '__fasten_in exclusive read write' -s n -l nonblock -l nb -d 'Do not wait'
complete -c fasten -n '__fasten_in exclusive read write' -s w -l timeout -l wait -x -d 'Wait at most so long: 10, 1.5 (seconds), 250ms, 2m, 1h30m'
complete -c fasten -n '__fasten_in exclusive read write' -s E -l conflict-exit-code -x -d 'Exit with N when the lock was not obtained'
complete -c fasten -n '__fasten_in exclusive read write' -s F -l no-fork -d 'Become the command instead of starting it'
complete -c fasten -n '__fasten_in exclusive read write' -s o -l close -d 'Do not let the command inherit the lock'
complete -c fasten -n '__fasten_in exclusive read write' -l linger -d 'Hold the lock until the last process that inherited it is gone'
complete -c fasten -n '__fasten_in exclusive read write' -l fd -x -d 'Lock the open descriptor N instead of a LOCK; without a COMMAND for good'
complete -c fasten -n '__fasten_in exclusive read write' -l fcntl -d 'Take an fcntl(2) lock, as fasteners and lockf(3) do, instead of a flock(2)'
complete -c fasten -n '__fasten_in exclusive read write' -l nested -x -a "refuse\t'Give up at once' join\t'Run under the lock that a parent process holds' wait\t'Wait for it all the same'" -d 'What to do when the wait would never end'
complete -c fasten -n '__fasten_in exclusive read write' -l no-create -d 'A lock that does not exist is an error'
complete -c fasten -n '__fasten_in exclusive read write' -s q -l quiet -d 'Say nothing of our own'
complete -c fasten -n '__fasten_in exclusive read write' -s v -l verbose -d 'Say how long it waited and held'
complete -c fasten -n '__fasten_in exclusive read write' -s c -l command -x -a '(__fish_complete_command)' -d 'Run STRING with /bin/sh -c instead of a COMMAND'
complete -c fasten -n '__fasten_in write' -l prefer -x -a "fair\t'They take turns: phase-fair' reader\t'This writer gets in when no reader is left' writer\t'No new reader gets in while this writer waits'" -d 'Who goes first when readers and this writer want the lock'
complete -c fasten -n '__fasten_in unlock' -l fd -x -d 'The descriptor that is locked'
complete -c fasten -n '__fasten_in status' -s q -l quiet -d 'Say nothing; the exit code tells'
complete -c fasten -n '__fasten_in status' -l json -d 'Say it as JSON, for programs'
complete -c fasten -n '__fasten_in status' -l watch -d 'Say it again whenever something changes, until Ctrl-C'
complete -c fasten -n '__fasten_in doctor' -s q -l quiet -d 'Say only what is wrong'
# <<<
