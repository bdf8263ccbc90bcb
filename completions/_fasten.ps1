# PowerShell completion for fasten(1); dot-source it in $PROFILE. The command
# after `--` completes as it would alone.

Register-ArgumentCompleter -Native -CommandName 'fasten' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # >>> made from src/cmd/args.rs by FASTEN_UPDATE=1 cargo test --test docs completions
    $verbs = @(
        @{ Name = 'exclusive'; Help = 'Of the commands that write' }
        @{ Name = 'read'; Help = 'Run a command under a shared lock, together with other readers' }
        @{ Name = 'write'; Help = 'Of the commands that write' }
        @{ Name = 'slot'; Help = 'Run a command in one of N slots' }
        @{ Name = 'unlock'; Help = 'Release the lock of an open descriptor' }
        @{ Name = 'status'; Help = 'Show who holds locks and who waits for them' }
        @{ Name = 'doctor'; Help = 'Check whether locks work in a directory' }
        @{ Name = 'completions'; Help = 'Print the completions for a shell' }
        @{ Name = 'manual'; Help = 'Show the manual page' }
        @{ Name = 'help'; Help = 'Print this message or the help of the given subcommand(s)' }
    )
    $runners = 'exclusive', 'read', 'write', 'slot'
    $folders = 'doctor'
    $shells = 'bash', 'zsh', 'fish', 'elvish', 'powershell'
    $options = @(
        @{ Of = 'fasten', 'exclusive', 'read', 'write', 'slot', 'unlock', 'status', 'doctor', 'completions', 'manual'; Names = '-h', '--help'; Help = 'Print help' }
        @{ Of = 'fasten'; Names = '-V', '--version'; Help = 'Print version' }
        @{ Of = 'exclusive', 'read', 'write', 'slot'; Names = '-n', '--nonblock', '--nb'; Help = 'Do not wait for the lock' }
        @{ Of = 'exclusive', 'read', 'write', 'slot'; Names = '-w', '--timeout', '--wait'; Help = 'Wait at most TIME: 10, 1.5, 250ms, 2m, 1h30m'; Takes = 'word' }
        @{ Of = 'exclusive', 'read', 'write', 'slot'; Names = '-E', '--conflict-exit-code'; Help = 'Exit with N if the lock was not obtained'; Takes = 'word' }
        @{ Of = 'exclusive', 'read', 'write', 'slot'; Names = '-F', '--no-fork'; Help = 'Exec the command instead of forking' }
        @{ Of = 'exclusive', 'read', 'write', 'slot'; Names = '-o', '--close'; Help = 'Do not let the command inherit the lock' }
        @{ Of = 'exclusive', 'read', 'write', 'slot'; Names = '--linger'; Help = 'Hold the lock until every process that inherited it has exited' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '--fd'; Help = 'Lock the open descriptor N instead of a LOCK'; Takes = 'word' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '--fcntl'; Help = 'Take an fcntl(2) lock instead of a flock(2) lock' }
        @{ Of = 'exclusive', 'read', 'write', 'slot'; Names = '--nested'; Help = 'What to do about a deadlock'; Takes = 'refuse', 'join', 'wait' }
        @{ Of = 'exclusive', 'read', 'write', 'slot'; Names = '--no-create'; Help = 'Do not create a LOCK that does not exist' }
        @{ Of = 'exclusive', 'read', 'write', 'slot'; Names = '--mode'; Help = 'Create lock files with the permissions MODE, in octal'; Takes = 'word' }
        @{ Of = 'exclusive', 'read', 'write', 'slot'; Names = '-q', '--quiet'; Help = 'Print nothing about a busy lock or a wait for it' }
        @{ Of = 'exclusive', 'read', 'write', 'slot'; Names = '-v', '--verbose'; Help = 'Report how long it waited and held the lock' }
        @{ Of = 'exclusive', 'read', 'write', 'slot'; Names = '-c', '--command'; Help = 'Run STRING with /bin/sh -c instead of a COMMAND'; Takes = 'command' }
        @{ Of = 'exclusive', 'write'; Names = '--coalesce'; Help = 'Leave if another such command already waits to run' }
        @{ Of = 'write'; Names = '--prefer'; Help = 'Who goes first when readers and this writer compete'; Takes = 'fair', 'reader', 'writer' }
        @{ Of = 'slot'; Names = '-j', '--jobs'; Help = 'Run at most N commands at once'; Takes = 'word' }
        @{ Of = 'slot'; Names = '--take'; Help = 'Take K slots at once: all of them, or none'; Takes = 'word' }
        @{ Of = 'unlock'; Names = '--fd'; Help = 'Descriptor to unlock'; Takes = 'word' }
        @{ Of = 'status'; Names = '-q', '--quiet'; Help = 'Print nothing on standard output: the exit code is the answer' }
        @{ Of = 'status'; Names = '--json'; Help = 'Print JSON, for programs' }
        @{ Of = 'status'; Names = '--watch'; Help = 'Print the table again whenever it changes, until Ctrl-C' }
        @{ Of = 'status', 'doctor'; Names = '--color'; Help = 'When to use colour'; Takes = 'auto', 'always', 'never' }
        @{ Of = 'doctor'; Names = '-q', '--quiet'; Help = 'Print only what is wrong' }
    )
    # <<<

    function Offer($name, $help) {
        if ($name.StartsWith($wordToComplete, [StringComparison]::Ordinal)) {
            [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $help)
        }
    }

    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        ForEach-Object { $_.Extent } | Where-Object { $_.EndOffset -lt $cursorPosition })
    $verb = @($before | ForEach-Object { $_.Text } | Where-Object { $_ -notlike '-*' }) + 'fasten' |
        Select-Object -First 1
    $dashes = $before | Where-Object { $_.Text -ceq '--' } | Select-Object -First 1

    if ($dashes -and $runners -ccontains $verb) {
        $column = $cursorPosition - $dashes.EndOffset
        $start = $dashes.EndOffset - $commandAst.Extent.StartOffset
        $line = $commandAst.Extent.Text.Substring($start).PadRight($column)
        return (TabExpansion2 $line $column).CompletionMatches
    }

    $own = @($options | Where-Object { $_.Of -ccontains $verb })
    $takes = if ($before -and -not $dashes) {
        $previous = $before[-1].Text
        $own | Where-Object { $_.Names -ccontains $previous } | ForEach-Object { $_.Takes }
    }

    if ($takes -ccontains 'command') {
        [System.Management.Automation.CompletionCompleters]::CompleteCommand($wordToComplete)
    } elseif ($takes) {
        foreach ($value in $takes) { if ($value -cne 'word') { Offer $value $value } }
    } elseif ($wordToComplete -like '-*' -and -not $dashes) {
        foreach ($option in $own) { foreach ($name in $option.Names) { Offer $name $option.Help } }
    } elseif ('fasten', 'help' -ccontains $verb) {
        foreach ($known in $verbs) { Offer $known.Name $known.Help }
    } elseif ($verb -ceq 'completions') {
        foreach ($shell in $shells) { Offer $shell $shell }
    } elseif ($folders -ccontains $verb) {
        [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete) |
            Where-Object { $_.ResultType -eq 'ProviderContainer' }
    } else {
        [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
    }
}
