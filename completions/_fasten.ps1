# PowerShell completion for fasten(1); dot-source it in $PROFILE. The command
# after `--` completes as it would alone.

Register-ArgumentCompleter -Native -CommandName 'fasten' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # >>> made from src/cli.rs by FASTEN_UPDATE=1 cargo test --test docs completions
    $verbs = @(
        @{ Name = 'exclusive'; Help = 'Run a command while nobody else holds the lock' }
        @{ Name = 'read'; Help = 'Run a command while others may read and nobody writes' }
        @{ Name = 'write'; Help = 'Run a command while nobody reads or writes, taking turns with the readers' }
        @{ Name = 'unlock'; Help = 'Give back the lock of an open descriptor' }
        @{ Name = 'status'; Help = 'Say who holds locks and who waits for them' }
        @{ Name = 'doctor'; Help = 'Try whether locks work in a directory, and say what is wrong' }
        @{ Name = 'help'; Help = 'Print this message or the help of the given subcommand(s)' }
    )
    $runners = 'exclusive', 'read', 'write'
    $folders = 'doctor'
    $options = @(
        @{ Of = 'fasten', 'exclusive', 'read', 'write', 'unlock', 'status', 'doctor'; Names = '-h', '--help'; Help = 'Print help' }
        @{ Of = 'fasten'; Names = '-V', '--version'; Help = 'Print version' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '-n', '--nonblock', '--nb'; Help = 'Do not wait' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '-w', '--timeout', '--wait'; Help = 'Wait at most so long: 10, 1.5 (seconds), 250ms, 2m, 1h30m'; Takes = 'word' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '-E', '--conflict-exit-code'; Help = 'Exit with N when the lock was not obtained'; Takes = 'word' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '-F', '--no-fork'; Help = 'Become the command instead of starting it' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '-o', '--close'; Help = 'Do not let the command inherit the lock' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '--linger'; Help = 'Hold the lock until the last process that inherited it is gone' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '--fd'; Help = 'Lock the open descriptor N instead of a LOCK; without a COMMAND for good'; Takes = 'word' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '--fcntl'; Help = 'Take an fcntl(2) lock, as fasteners and lockf(3) do, instead of a flock(2)' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '--nested'; Help = 'What to do when the wait would never end'; Takes = 'refuse', 'join', 'wait' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '--no-create'; Help = 'A lock that does not exist is an error' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '-q', '--quiet'; Help = 'Say nothing of our own' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '-v', '--verbose'; Help = 'Say how long it waited and held' }
        @{ Of = 'exclusive', 'read', 'write'; Names = '-c', '--command'; Help = 'Run STRING with /bin/sh -c instead of a COMMAND'; Takes = 'command' }
        @{ Of = 'write'; Names = '--prefer'; Help = 'Who goes first when readers and this writer want the lock'; Takes = 'fair', 'reader', 'writer' }
        @{ Of = 'unlock'; Names = '--fd'; Help = 'The descriptor that is locked'; Takes = 'word' }
        @{ Of = 'status'; Names = '-q', '--quiet'; Help = 'Say nothing; the exit code tells' }
        @{ Of = 'status'; Names = '--json'; Help = 'Say it as JSON, for programs' }
        @{ Of = 'status'; Names = '--watch'; Help = 'Say it again whenever something changes, until Ctrl-C' }
        @{ Of = 'doctor'; Names = '-q', '--quiet'; Help = 'Say only what is wrong' }
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
    } elseif ($folders -ccontains $verb) {
        [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete) |
            Where-Object { $_.ResultType -eq 'ProviderContainer' }
    } else {
        [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
    }
}
