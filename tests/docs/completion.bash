# Completes `strongroom …` in bash; made from the commands themselves (tests/docs/completion.py). For every shell to come:
#     echo 'eval "$(/path/to/strongroom completion bash)"' >>~/.bashrc

_strongroom_table() { # words, place: what may stand there, one a line
    case "$1|$2" in
        *'|--dir') printf '%s\n' '<file>' ;;
        # The table stands here.
    esac
}

_strongroom_site() { # area, point, reader, node, cardholder or account; directory: their names, by its site document
    local site=${2:-${STRONGROOM_DIR:-demo-site}}
    [[ -r $site/site.toml ]] && awk -F ' *= *' -v want="$1" '
        function say() { if (table == want && name != "") print (want ~ /point|reader/ ? area "/" name : name) }
        /^\[/ { say(); table = $0; gsub(/[][ ]/, "", table); area = name = "" }
        $1 == "area" { area = $2; gsub(/"/, "", area) }
        $1 == "name" || $1 == "login" { name = $2; gsub(/"/, "", name) }
        END { say() }' "$site/site.toml"
}

_strongroom() {
    local current=${COMP_WORDS[COMP_CWORD]} so_far='' number=1 takes='' site='' at word
    for ((at = 1; at < COMP_CWORD; at++)); do
        word=${COMP_WORDS[at]}
        if [[ $takes ]]; then
            [[ $takes == --dir ]] && site=$word
            takes=''
        elif [[ $word == -* ]]; then
            [[ $(_strongroom_table "$so_far" "$word") ]] && takes=$word
        elif _strongroom_table "$so_far" below | grep -qxF -e "$word"; then
            so_far=${so_far:+$so_far }$word
        else
            ((number++))
        fi
    done
    local words=()
    if [[ $takes ]]; then
        mapfile -t words < <(_strongroom_table "$so_far" "$takes")
    elif [[ $current == -* ]]; then
        mapfile -t words < <(_strongroom_table "$so_far" options; printf '%s\n' --dir --help)
    else
        mapfile -t words < <(_strongroom_table "$so_far" below; _strongroom_table "$so_far" "$number")
    fi
    case ${words[0]-} in
        '<file>') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        '<anything>') COMPREPLY=() ;;
        '<'*) mapfile -t words < <(_strongroom_site "${words[0]//[<>]/}" "$site")
              mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$current") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$current") ;;
    esac
}

complete -F _strongroom strongroom
