# Completes `strongroom …` in zsh; made from the commands themselves (tests/docs/completion.py). For every shell to come,
# behind the line with compinit:
#     echo 'eval "$(/path/to/strongroom completion zsh)"' >>~/.zshrc

_strongroom_table() { # words, place: what may stand there, one a line, with what it does behind a colon
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
    local so_far='' number=1 takes='' site='' at word
    local -a found
    for ((at = 2; at < CURRENT; at++)); do
        word=$words[at]
        if [[ -n $takes ]]; then
            [[ $takes == --dir ]] && site=$word
            takes=''
        elif [[ $word == -* ]]; then
            [[ -n $(_strongroom_table "$so_far" "$word") ]] && takes=$word
        elif _strongroom_table "$so_far" below | grep -q -e "^$word:"; then
            so_far=${so_far:+$so_far }$word
        else
            ((number++))
        fi
    done
    if [[ -n $takes ]]; then
        found=("${(@f)$(_strongroom_table "$so_far" "$takes")}")
    elif [[ $words[CURRENT] == -* ]]; then
        found=("${(@f)$(_strongroom_table "$so_far" options)}" '--dir:Directory of the site.' '--help:Show this.')
    else
        found=("${(@f)$(_strongroom_table "$so_far" below; _strongroom_table "$so_far" "$number")}")
    fi
    found=(${found:#})
    case ${found[1]-} in
        '<file>') _files ;;
        '<anything>' | '') return 1 ;;
        '<'*) found=("${(@f)$(_strongroom_site "${found[1]//[<>]/}" "$site")}"); compadd -a found ;;
        *) _describe 'word' found ;;
    esac
}

compdef _strongroom strongroom
