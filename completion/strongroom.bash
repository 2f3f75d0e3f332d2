# Completes `strongroom …` in bash; made from the commands themselves (tests/docs/completion.py). For every shell to come:
#     echo 'eval "$(/path/to/strongroom completion bash)"' >>~/.bashrc

_strongroom_table() { # words, place: what may stand there, one a line
    case "$1|$2" in
        *'|--dir') printf '%s\n' '<file>' ;;
        '|below') printf '%s\n' access alarms area benchmark calendar certificate completion demo drill emergency export hub journal node roster seal sealing sheet sim site status test unseal verify ;;
        'alarms|below') printf '%s\n' acknowledge apply close confirm kinds list ;;
        'area|below') printf '%s\n' allow extend forbid list set show ;;
        'calendar|below') printf '%s\n' approve cancel check import plan propose show ;;
        'hub|below') printf '%s\n' backup console engine erase install migrate notify password rebuild restore ;;
        'node|below') printf '%s\n' accept checkpoint clock enrol install list request revoke run status ;;
        'roster|below') printf '%s\n' add handover remove show ;;
        'roster handover|below') printf '%s\n' give show take ;;
        'sealing|below') printf '%s\n' approve change check compare drop except list number release sign status tick ;;
        'sheet|below') printf '%s\n' checks closing ;;
        'sim|below') printf '%s\n' badge close cut mend open phone press pull push replay short state ;;
        'site|below') printf '%s\n' apply check init renew ;;
        'verify|below') printf '%s\n' certificate journal ;;
        '|options') printf '%s\n' --version ;;
        'completion|1') printf '%s\n' bash zsh ;;
        'access|options') printf '%s\n' --json --last ;;
        'access|--last') printf '%s\n' '<anything>' ;;
        'access|1') printf '%s\n' '<anything>' ;;
        'alarms acknowledge|options') printf '%s\n' --as ;;
        'alarms acknowledge|--as') printf '%s\n' '<account>' ;;
        'alarms acknowledge|1') printf '%s\n' '<anything>' ;;
        'alarms apply|options') printf '%s\n' --as ;;
        'alarms apply|--as') printf '%s\n' '<account>' ;;
        'alarms apply|1') printf '%s\n' '<file>' ;;
        'alarms close|options') printf '%s\n' --as --cause --finding ;;
        'alarms close|--as') printf '%s\n' '<account>' ;;
        'alarms close|--cause') printf '%s\n' intrusion forgotten false fault work test other ;;
        'alarms close|--finding') printf '%s\n' '<anything>' ;;
        'alarms close|1') printf '%s\n' '<anything>' ;;
        'alarms confirm|options') printf '%s\n' --as ;;
        'alarms confirm|--as') printf '%s\n' '<account>' ;;
        'alarms confirm|1') printf '%s\n' '<anything>' ;;
        'alarms kinds|options') printf '%s\n' --json ;;
        'alarms list|options') printf '%s\n' --all --json --last ;;
        'alarms list|--last') printf '%s\n' '<anything>' ;;
        'area allow|options') printf '%s\n' --from --to --cause --as ;;
        'area allow|--from') printf '%s\n' '<anything>' ;;
        'area allow|--to') printf '%s\n' '<anything>' ;;
        'area allow|--cause') printf '%s\n' '<anything>' ;;
        'area allow|--as') printf '%s\n' '<account>' ;;
        'area allow|1') printf '%s\n' '<area>' ;;
        'area allow|2') printf '%s\n' '<anything>' ;;
        'area extend|options') printf '%s\n' --as ;;
        'area extend|--as') printf '%s\n' '<account>' ;;
        'area extend|1') printf '%s\n' '<area>' ;;
        'area forbid|options') printf '%s\n' --as ;;
        'area forbid|--as') printf '%s\n' '<account>' ;;
        'area forbid|1') printf '%s\n' '<area>' ;;
        'area forbid|2') printf '%s\n' '<anything>' ;;
        'area list|options') printf '%s\n' --json ;;
        'area set|options') printf '%s\n' --as ;;
        'area set|--as') printf '%s\n' '<account>' ;;
        'area set|1') printf '%s\n' '<area>' ;;
        'area show|options') printf '%s\n' --json ;;
        'area show|1') printf '%s\n' '<area>' ;;
        'benchmark|options') printf '%s\n' --quick --million --json --keep ;;
        'benchmark|--json') printf '%s\n' '<file>' ;;
        'calendar approve|options') printf '%s\n' --as --sha256 ;;
        'calendar approve|--as') printf '%s\n' '<account>' ;;
        'calendar approve|--sha256') printf '%s\n' '<anything>' ;;
        'calendar approve|1') printf '%s\n' '<anything>' ;;
        'calendar cancel|options') printf '%s\n' --as --reason ;;
        'calendar cancel|--as') printf '%s\n' '<account>' ;;
        'calendar cancel|--reason') printf '%s\n' '<anything>' ;;
        'calendar cancel|1') printf '%s\n' '<anything>' ;;
        'calendar check|options') printf '%s\n' --json ;;
        'calendar check|1') printf '%s\n' '<file>' ;;
        'calendar import|options') printf '%s\n' --as ;;
        'calendar import|--as') printf '%s\n' '<account>' ;;
        'calendar import|1') printf '%s\n' '<file>' ;;
        'calendar plan|options') printf '%s\n' --as --area --from --to --title ;;
        'calendar plan|--as') printf '%s\n' '<account>' ;;
        'calendar plan|--area') printf '%s\n' '<area>' ;;
        'calendar plan|--from') printf '%s\n' '<anything>' ;;
        'calendar plan|--to') printf '%s\n' '<anything>' ;;
        'calendar plan|--title') printf '%s\n' '<anything>' ;;
        'calendar plan|1') printf '%s\n' '<anything>' ;;
        'calendar propose|options') printf '%s\n' --weekends --json ;;
        'calendar propose|1') printf '%s\n' '<anything>' ;;
        'calendar show|options') printf '%s\n' --json ;;
        'calendar show|1') printf '%s\n' '<anything>' ;;
        'certificate|options') printf '%s\n' --pdf --html --text --first ;;
        'certificate|--pdf') printf '%s\n' '<file>' ;;
        'certificate|--html') printf '%s\n' '<file>' ;;
        'certificate|1') printf '%s\n' '<area>' ;;
        'demo|options') printf '%s\n' --port --story --export --database ;;
        'demo|--port') printf '%s\n' '<anything>' ;;
        'demo|--export') printf '%s\n' '<file>' ;;
        'demo|--database') printf '%s\n' '<anything>' ;;
        'drill|options') printf '%s\n' --as ;;
        'drill|--as') printf '%s\n' '<account>' ;;
        'drill|1') printf '%s\n' '<area>' ;;
        'emergency|options') printf '%s\n' --as --reason ;;
        'emergency|--as') printf '%s\n' '<account>' ;;
        'emergency|--reason') printf '%s\n' '<anything>' ;;
        'emergency|1') printf '%s\n' '<area>' ;;
        'export|options') printf '%s\n' --as ;;
        'export|--as') printf '%s\n' '<account>' ;;
        'export|1') printf '%s\n' '<file>' ;;
        'hub backup|options') printf '%s\n' --to ;;
        'hub backup|--to') printf '%s\n' '<anything>' ;;
        'hub backup|1') printf '%s\n' '<file>' ;;
        'hub erase|options') printf '%s\n' --as --second --reason ;;
        'hub erase|--as') printf '%s\n' '<account>' ;;
        'hub erase|--second') printf '%s\n' '<account>' ;;
        'hub erase|--reason') printf '%s\n' '<anything>' ;;
        'hub erase|1') printf '%s\n' '<anything>' ;;
        'hub install|options') printf '%s\n' --root ;;
        'hub install|--root') printf '%s\n' '<file>' ;;
        'hub password|options') printf '%s\n' --generate ;;
        'hub password|1') printf '%s\n' '<account>' ;;
        'hub rebuild|options') printf '%s\n' --mend ;;
        'hub restore|options') printf '%s\n' --as --second --reason --quote --identity ;;
        'hub restore|--as') printf '%s\n' '<account>' ;;
        'hub restore|--second') printf '%s\n' '<account>' ;;
        'hub restore|--reason') printf '%s\n' '<anything>' ;;
        'hub restore|--quote') printf '%s\n' '<anything>' ;;
        'hub restore|--identity') printf '%s\n' '<file>' ;;
        'hub restore|1') printf '%s\n' '<file>' ;;
        'journal|options') printf '%s\n' --json --kind --place --node --after --last --all --follow ;;
        'journal|--kind') printf '%s\n' account-made alarm-acknowledged alarm-attended alarm-closed alarm-raised alarm-recorded alarm-repeated alarm-returned alarm-shown alarm-sounded alarms-set answers-refused area-set area-unset attended badge-awaited badge-wait-over beat-contradicts broker-back broker-lost calendar-approved calendar-imported calendar-unpublished call-answered call-ended call-joined call-moved call-opened called-meanwhile cannot-fill certificate-made channel-failed channel-tested chatter check-ticked checkpoint-disputed checkpoint-key clock-set console-started console-stopped database-held denied disk-refuses drill-started emergency-opened emergency-signed emptied engine-back engine-silent engine-started engine-stopped entered equivocation exception-signed fault finding-written first-of-two flood-over forced frozen granted guard-requested handover-drafted handover-taken held-open hub-backed-up hub-clock hub-restored hub-storage journal-exported journal-moved journal-opened journal-refused left level no-progress node-back node-enrolled node-floods node-revoked node-silent not-entered not-judged not-set notice-delivered notice-failed notice-handed notice-overdue notice-queued notify-started notify-stopped order-done order-issued order-not-done order-refused overflow password-set permitted person-erased plan-kept-back presented progress-again reader-deaf record-doubted records-lost refused released rolled-back roster-gap rows-differ rows-mended seal-baseline seal-compared seal-number sealed sealing-adopted sealing-arming sealing-badge sealing-cancelled sealing-changed sealing-changing sealing-checking sealing-confirmed sealing-dropped sealing-missed sealing-ordered sealing-planned sealing-released service-refused set-cancelled set-extended set-refused setting shift-added shift-removed sign-in-failed signed-in site-applied somebody-inside somebody-out sounded started unsealed unsealing-approved unsealing-waits unsetting-allowed unsetting-forbidden unwitnessed watch watch-while-set window-cancelled window-planned witnessed-again ;;
        'journal|--place') printf '%s\n' '<point>' ;;
        'journal|--node') printf '%s\n' '<node>' ;;
        'journal|--after') printf '%s\n' '<anything>' ;;
        'journal|--last') printf '%s\n' '<anything>' ;;
        'node accept|options') printf '%s\n' --node --config --json ;;
        'node accept|--node') printf '%s\n' '<node>' ;;
        'node accept|--config') printf '%s\n' '<file>' ;;
        'node accept|1') printf '%s\n' '<file>' ;;
        'node checkpoint|options') printf '%s\n' --node --config ;;
        'node checkpoint|--node') printf '%s\n' '<node>' ;;
        'node checkpoint|--config') printf '%s\n' '<file>' ;;
        'node clock|options') printf '%s\n' --node --config ;;
        'node clock|--node') printf '%s\n' '<node>' ;;
        'node clock|--config') printf '%s\n' '<file>' ;;
        'node enrol|options') printf '%s\n' --words ;;
        'node enrol|--words') printf '%s\n' '<anything>' ;;
        'node enrol|1') printf '%s\n' '<file>' ;;
        'node install|options') printf '%s\n' --root ;;
        'node install|--root') printf '%s\n' '<file>' ;;
        'node list|options') printf '%s\n' --json ;;
        'node request|options') printf '%s\n' --node --config --site --factory --out --json ;;
        'node request|--node') printf '%s\n' '<node>' ;;
        'node request|--config') printf '%s\n' '<file>' ;;
        'node request|--site') printf '%s\n' '<anything>' ;;
        'node request|--factory') printf '%s\n' lgpio rpigpio mock ;;
        'node request|--out') printf '%s\n' '<file>' ;;
        'node revoke|options') printf '%s\n' --reason ;;
        'node revoke|--reason') printf '%s\n' '<anything>' ;;
        'node revoke|1') printf '%s\n' '<node>' ;;
        'node run|options') printf '%s\n' --node --config ;;
        'node run|--node') printf '%s\n' '<node>' ;;
        'node run|--config') printf '%s\n' '<file>' ;;
        'node status|options') printf '%s\n' --node --config --json ;;
        'node status|--node') printf '%s\n' '<node>' ;;
        'node status|--config') printf '%s\n' '<file>' ;;
        'roster add|options') printf '%s\n' --from --to --as --stand-in ;;
        'roster add|--from') printf '%s\n' '<anything>' ;;
        'roster add|--to') printf '%s\n' '<anything>' ;;
        'roster add|--as') printf '%s\n' '<account>' ;;
        'roster add|--stand-in') printf '%s\n' '<anything>' ;;
        'roster add|1') printf '%s\n' '<anything>' ;;
        'roster handover give|options') printf '%s\n' --as --note ;;
        'roster handover give|--as') printf '%s\n' '<account>' ;;
        'roster handover give|--note') printf '%s\n' '<anything>' ;;
        'roster handover show|options') printf '%s\n' --json --last ;;
        'roster handover show|--last') printf '%s\n' '<anything>' ;;
        'roster handover take|options') printf '%s\n' --as ;;
        'roster handover take|--as') printf '%s\n' '<account>' ;;
        'roster handover take|1') printf '%s\n' '<anything>' ;;
        'roster remove|options') printf '%s\n' --as ;;
        'roster remove|--as') printf '%s\n' '<account>' ;;
        'roster remove|1') printf '%s\n' '<anything>' ;;
        'roster show|options') printf '%s\n' --all --json ;;
        'seal|options') printf '%s\n' --as ;;
        'seal|--as') printf '%s\n' '<account>' ;;
        'seal|1') printf '%s\n' '<area>' ;;
        'sealing approve|options') printf '%s\n' --as --cause ;;
        'sealing approve|--as') printf '%s\n' '<account>' ;;
        'sealing approve|--cause') printf '%s\n' '<anything>' ;;
        'sealing approve|1') printf '%s\n' '<area>' ;;
        'sealing change|options') printf '%s\n' --as --cause ;;
        'sealing change|--as') printf '%s\n' '<account>' ;;
        'sealing change|--cause') printf '%s\n' '<anything>' ;;
        'sealing change|1') printf '%s\n' '<area>' ;;
        'sealing check|options') printf '%s\n' --as ;;
        'sealing check|--as') printf '%s\n' '<account>' ;;
        'sealing check|1') printf '%s\n' '<area>' ;;
        'sealing compare|options') printf '%s\n' --as ;;
        'sealing compare|--as') printf '%s\n' '<account>' ;;
        'sealing compare|1') printf '%s\n' '<point>' ;;
        'sealing compare|2') printf '%s\n' '<anything>' ;;
        'sealing drop|options') printf '%s\n' --as --reason --postpone ;;
        'sealing drop|--as') printf '%s\n' '<account>' ;;
        'sealing drop|--reason') printf '%s\n' '<anything>' ;;
        'sealing drop|1') printf '%s\n' '<anything>' ;;
        'sealing except|options') printf '%s\n' --as --reason ;;
        'sealing except|--as') printf '%s\n' '<account>' ;;
        'sealing except|--reason') printf '%s\n' '<anything>' ;;
        'sealing except|1') printf '%s\n' '<point>' ;;
        'sealing list|options') printf '%s\n' --json ;;
        'sealing list|1') printf '%s\n' '<area>' ;;
        'sealing number|options') printf '%s\n' --as --said-by ;;
        'sealing number|--as') printf '%s\n' '<account>' ;;
        'sealing number|--said-by') printf '%s\n' '<anything>' ;;
        'sealing number|1') printf '%s\n' '<point>' ;;
        'sealing number|2') printf '%s\n' '<anything>' ;;
        'sealing release|options') printf '%s\n' --as ;;
        'sealing release|--as') printf '%s\n' '<account>' ;;
        'sealing release|1') printf '%s\n' '<area>' ;;
        'sealing sign|options') printf '%s\n' --as ;;
        'sealing sign|--as') printf '%s\n' '<account>' ;;
        'sealing sign|1') printf '%s\n' '<area>' ;;
        'sealing status|options') printf '%s\n' --json ;;
        'sealing status|1') printf '%s\n' '<area>' ;;
        'sealing tick|options') printf '%s\n' --as ;;
        'sealing tick|--as') printf '%s\n' '<account>' ;;
        'sealing tick|1') printf '%s\n' '<area>' ;;
        'sealing tick|'[2-9]) printf '%s\n' doors windows cabinets safe people-out all ;;
        'sheet checks|options') printf '%s\n' --month --pdf --language ;;
        'sheet checks|--month') printf '%s\n' '<anything>' ;;
        'sheet checks|--pdf') printf '%s\n' '<file>' ;;
        'sheet checks|--language') printf '%s\n' en zh ;;
        'sheet checks|1') printf '%s\n' '<point>' ;;
        'sheet closing|options') printf '%s\n' --day --pdf --language ;;
        'sheet closing|--day') printf '%s\n' '<anything>' ;;
        'sheet closing|--pdf') printf '%s\n' '<file>' ;;
        'sheet closing|--language') printf '%s\n' en zh ;;
        'sheet closing|1') printf '%s\n' '<area>' ;;
        'sim badge|1') printf '%s\n' '<reader>' ;;
        'sim badge|'[2-9]) printf '%s\n' '<cardholder>' ;;
        'sim close|1') printf '%s\n' '<point>' ;;
        'sim cut|1') printf '%s\n' '<point>' ;;
        'sim mend|1') printf '%s\n' '<point>' ;;
        'sim open|1') printf '%s\n' '<point>' ;;
        'sim phone|options') printf '%s\n' --json ;;
        'sim phone|1') printf '%s\n' '<cardholder>' ;;
        'sim phone|2') printf '%s\n' '<anything>' ;;
        'sim press|1') printf '%s\n' '<point>' ;;
        'sim pull|1') printf '%s\n' '<node>' ;;
        'sim push|1') printf '%s\n' '<node>' ;;
        'sim replay|options') printf '%s\n' --map --speed --json ;;
        'sim replay|--map') printf '%s\n' '<anything>' ;;
        'sim replay|--speed') printf '%s\n' '<anything>' ;;
        'sim replay|1') printf '%s\n' '<file>' ;;
        'sim short|1') printf '%s\n' '<point>' ;;
        'sim state|options') printf '%s\n' --json ;;
        'sim state|1') printf '%s\n' '<node>' ;;
        'site apply|1') printf '%s\n' '<file>' ;;
        'site check|options') printf '%s\n' --json ;;
        'site check|1') printf '%s\n' '<file>' ;;
        'site init|options') printf '%s\n' --host --bind --port ;;
        'site init|--host') printf '%s\n' '<anything>' ;;
        'site init|--bind') printf '%s\n' '<anything>' ;;
        'site init|--port') printf '%s\n' '<anything>' ;;
        'site init|1') printf '%s\n' '<anything>' ;;
        'status|options') printf '%s\n' --json ;;
        'unseal|options') printf '%s\n' --as --cause ;;
        'unseal|--as') printf '%s\n' '<account>' ;;
        'unseal|--cause') printf '%s\n' '<anything>' ;;
        'unseal|1') printf '%s\n' '<area>' ;;
        'verify certificate|options') printf '%s\n' --key ;;
        'verify certificate|--key') printf '%s\n' '<anything>' ;;
        'verify certificate|1') printf '%s\n' '<anything>' ;;
        'verify journal|options') printf '%s\n' --seen --root --json ;;
        'verify journal|--seen') printf '%s\n' '<anything>' ;;
        'verify journal|--root') printf '%s\n' '<anything>' ;;
        'verify journal|1') printf '%s\n' '<file>' ;;
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
