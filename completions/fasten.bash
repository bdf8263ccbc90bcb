# bash completion for fasten(1). With bash-completion installed, the command
# after `--` completes with its own arguments.

# A row: of which verbs|which names|what value: `word` (any), `command`, or one of these.
_fasten_table() {
    # >>> made from src/cmd/args.rs by FASTEN_UPDATE=1 cargo test --test docs completions
    verbs='exclusive read write slot unlock status doctor completions manual help'
    runners='exclusive read write slot'
    folders='doctor'
    shells='bash zsh fish elvish powershell'
    rows='
fasten exclusive read write slot unlock status doctor completions manual|-h --help|
fasten|-V --version|
exclusive read write slot|-n --nonblock --nb|
exclusive read write slot|-w --timeout --wait|word
exclusive read write slot|-E --conflict-exit-code|word
exclusive read write slot|-F --no-fork|
exclusive read write slot|-o --close|
exclusive read write slot|--linger|
exclusive read write|--fd|word
exclusive read write|--fcntl|
exclusive read write slot|--nested|refuse join wait
exclusive read write slot|--no-create|
exclusive read write slot|--mode|word
exclusive read write slot|-q --quiet|
exclusive read write slot|-v --verbose|
exclusive read write slot|-c --command|command
exclusive write|--coalesce|
write|--prefer|fair reader writer
slot|-j --jobs|word
slot|--take|word
unlock|--fd|word
status|-q --quiet|
status|--json|
status|--watch|
status doctor|--color|auto always never
doctor|-q --quiet|
'
    # <<<
}

_fasten() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local verb=fasten verbs runners folders shells rows i of names takes options='' value=''
    COMPREPLY=()
    _fasten_table

    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            --) _fasten_after_dashes $((i + 1)); return ;;
            -*) ;;
            *) [[ $verb == fasten ]] && verb=${COMP_WORDS[i]} ;;
        esac
    done

    # bash makes three words of --name=value.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi

    while IFS='|' read -r of names takes; do
        [[ " $of " == *" $verb "* ]] || continue
        options+=" $names"
        [[ $prev == -* && " $names " == *" $prev "* ]] && value=$takes
    done <<<"$rows"

    case $value in
        '') ;;
        word) return ;;
        command) _fasten_reply -c; return ;;
        *) _fasten_reply -W "$value"; return ;;
    esac
    case $verb:$cur in
        *:-*) _fasten_reply -W "$options" ;;
        completions:*) _fasten_reply -W "$shells" ;;
        fasten:* | help:*) _fasten_reply -W "$verbs" ;;
        *) if [[ " $folders " == *" $verb "* ]]; then _fasten_folders; else _fasten_files; fi ;;
    esac
}

_fasten_after_dashes() {
    if [[ " $runners " != *" $verb "* ]]; then
        _fasten_files
    elif declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        _fasten_reply -c
    else
        _fasten_files
    fi
}

_fasten_reply() {
    local IFS=$' \t\n' one
    while IFS= read -r one; do
        COMPREPLY+=("$one")
    done < <(compgen "$@" -- "$cur")
}

# readline's own: it knows quotes, blanks and ~.
_fasten_files() {
    compopt -o default 2>/dev/null
}

_fasten_folders() {
    compopt -o dirnames 2>/dev/null
}

complete -F _fasten fasten
