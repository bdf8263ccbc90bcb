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
# >>> made from src/cmd/args.rs by FASTEN_UPDATE=1 cargo test --test docs completions
complete -c fasten -n '__fasten_in exclusive read write slot status' -F
complete -c fasten -n '__fasten_in doctor' -a '(__fish_complete_directories)'
complete -c fasten -n '__fasten_in completions' -a 'bash zsh fish elvish powershell'
complete -c fasten -n '__fasten_runs exclusive read write slot' -a '(__fasten_command)'
complete -c fasten -n '__fasten_in fasten help' -a exclusive -d 'Of the commands that write'
complete -c fasten -n '__fasten_in fasten help' -a read -d 'Run a command under a shared lock, together with other readers'
complete -c fasten -n '__fasten_in fasten help' -a write -d 'Of the commands that write'
complete -c fasten -n '__fasten_in fasten help' -a slot -d 'Run a command in one of N slots'
complete -c fasten -n '__fasten_in fasten help' -a unlock -d 'Release the lock of an open descriptor'
complete -c fasten -n '__fasten_in fasten help' -a status -d 'Show who holds locks and who waits for them'
complete -c fasten -n '__fasten_in fasten help' -a doctor -d 'Check whether locks work in a directory'
complete -c fasten -n '__fasten_in fasten help' -a completions -d 'Print the completions for a shell'
complete -c fasten -n '__fasten_in fasten help' -a manual -d 'Show the manual page'
complete -c fasten -n '__fasten_in fasten help' -a help -d 'Print this message or the help of the given subcommand(s)'
complete -c fasten -n '__fasten_in fasten exclusive read write slot unlock status doctor completions manual' -s h -l help -d 'Print help'
complete -c fasten -n '__fasten_in fasten' -s V -l version -d 'Print version'
complete -c fasten -n '__fasten_in exclusive read write slot' -s n -l nonblock -l nb -d 'Do not wait for the lock'
complete -c fasten -n '__fasten_in exclusive read write slot' -s w -l timeout -l wait -x -d 'Wait at most TIME: 10, 1.5, 250ms, 2m, 1h30m'
complete -c fasten -n '__fasten_in exclusive read write slot' -s E -l conflict-exit-code -x -d 'Exit with N if the lock was not obtained'
complete -c fasten -n '__fasten_in exclusive read write slot' -s F -l no-fork -d 'Exec the command instead of forking'
complete -c fasten -n '__fasten_in exclusive read write slot' -s o -l close -d 'Do not let the command inherit the lock'
complete -c fasten -n '__fasten_in exclusive read write slot' -l linger -d 'Hold the lock until every process that inherited it has exited'
complete -c fasten -n '__fasten_in exclusive read write' -l fd -x -d 'Lock the open descriptor N instead of a LOCK'
complete -c fasten -n '__fasten_in exclusive read write' -l fcntl -d 'Take an fcntl(2) lock instead of a flock(2) lock'
complete -c fasten -n '__fasten_in exclusive read write slot' -l nested -x -a "refuse\t'Exit with 75 and name the process or the cycle' join\t'Run under the lock that was inherited from a parent process' wait\t'Wait all the same'" -d 'What to do about a deadlock'
complete -c fasten -n '__fasten_in exclusive read write slot' -l no-create -d 'Do not create a LOCK that does not exist'
complete -c fasten -n '__fasten_in exclusive read write slot' -l mode -x -d 'Create lock files with the permissions MODE, in octal'
complete -c fasten -n '__fasten_in exclusive read write slot' -s q -l quiet -d 'Print nothing about a busy lock or a wait for it'
complete -c fasten -n '__fasten_in exclusive read write slot' -s v -l verbose -d 'Report how long it waited and held the lock'
complete -c fasten -n '__fasten_in exclusive read write slot' -s c -l command -x -a '(__fish_complete_command)' -d 'Run STRING with /bin/sh -c instead of a COMMAND'
complete -c fasten -n '__fasten_in exclusive write' -l coalesce -d 'Leave if another such command already waits to run'
complete -c fasten -n '__fasten_in write' -l prefer -x -a "fair\t'Readers and writers take turns: phase-fair' reader\t'Readers: the writer waits until no reader is left' writer\t'The writer: no new reader gets in while it waits'" -d 'Who goes first when readers and this writer compete'
complete -c fasten -n '__fasten_in slot' -s j -l jobs -x -d 'Run at most N commands at once'
complete -c fasten -n '__fasten_in slot' -l take -x -d 'Take K slots at once: all of them, or none'
complete -c fasten -n '__fasten_in unlock' -l fd -x -d 'Descriptor to unlock'
complete -c fasten -n '__fasten_in status' -s q -l quiet -d 'Print nothing on standard output: the exit code is the answer'
complete -c fasten -n '__fasten_in status' -l json -d 'Print JSON, for programs'
complete -c fasten -n '__fasten_in status' -l watch -d 'Print the table again whenever it changes, until Ctrl-C'
complete -c fasten -n '__fasten_in status doctor' -l color -x -a "auto\t'At a terminal, unless `NO_COLOR` is set or TERM is \'dumb\'' always\t'Into files and pipes too' never\t'Not at all'" -d 'When to use colour'
complete -c fasten -n '__fasten_in doctor' -s q -l quiet -d 'Print only what is wrong'
# <<<
