# Completes `strongroom …` in zsh; made from the commands themselves (tests/docs/completion.py). For every shell to come,
# behind the line with compinit:
#     echo 'eval "$(/path/to/strongroom completion zsh)"' >>~/.zshrc

_strongroom_table() { # words, place: what may stand there, one a line, with what it does behind a colon
    case "$1|$2" in
        *'|--dir') printf '%s\n' '<file>' ;;
        '|below') printf '%s\n' 'access:Show the access log, newest first.' 'alarms:Alarms: list, acknowledge, close.' 'area:Areas on ordinary days: how they are set and unset, and what an officer asks of that.' 'benchmark:Measure speed and size.' 'calendar:Holiday calendars, and the windows in which areas are sealed.' 'certificate:Show the certificate of a sealing, or write it.' 'completion:Print what makes a shell complete these commands: completion bash, or completion zsh.' 'demo:Make a demonstration site, or go on with one, and run it until Ctrl-C.' 'drill:Begin a drill: everybody is called as in an alarm of this area, and told that it is a drill.' 'emergency:Open a sealed area at once, without badges. It is an alarm, and two people sign for it afterwards.' 'export:Write the journal into a folder, with its checkpoints, keys, a CSV, and verify.pyz, which checks it anywhere.' 'hub:The hub: its services, its database, its accounts.' 'journal:Show the journal: for people the newest 50 entries, unless they ask for others.' 'node:Nodes: let in, put out, list.' 'roster:Who answers when, and handing over.' 'seal:Order an area to be sealed: two people then show their badges at its reader within 20 s of each other.' 'sealing:Before and after a sealing: what is missing, numbers, approvals.' 'sheet:What is printed and kept: the closing list of a day, and the check sheet of a month.' 'sim:Work the simulated hardware of a running demonstration.' 'site:The site document and the site'"'"'s first papers.' 'status:Show areas, nodes, what is not watched, what is not normal, and how many alarms are open.' 'test:Run every check: lint, format, types, and the tests by up to four workers. What follows goes to pytest; --long adds a simulated year and pictures of every page.' 'unseal:Order an area to be unsealed, by two badges likewise. The seals'"'"' numbers are compared before.' 'verify:Check what the hub has handed out: an export of the journal.' ;;
        'alarms|below') printf '%s\n' 'acknowledge:Take an alarm on.' 'apply:Put a table of your own in force: what it says overrides the built-in one, and the rest stays.' 'close:Close an acknowledged alarm with a finding; one that takes two people then waits for the second.' 'confirm:Close an alarm that takes two people, with the finding that another person has written.' 'kinds:Show every kind of alarm as it is in force: priority, ladder and delay, sealed, set and unsealed.' 'list:Show alarms, newest first.' ;;
        'area|below') printf '%s\n' 'allow:Allow somebody to unset an area alone, out of its hours: as security officer or keeper, and not yourself.' 'extend:Have an area left unset for two hours more.' 'forbid:Take back what somebody was allowed.' 'list:Show how each area stands that is set and unset: since when, by what, and when it sets itself.' 'set:Have an area set now: its node does it in 30 s, if all is shut and no door is opened meanwhile.' 'show:Show one area: how it stands, who may unset it, who is allowed to alone, and what came of what was asked last.' ;;
        'calendar|below') printf '%s\n' 'approve:Put the calendar in force that another person has imported: it is shown first, and asked about.' 'cancel:Cancel a planned window. It stays on record. An area that is sealed already stays so.' 'check:Explain every mistake in a calendar, and remark on what is odd. Exit code 0: no mistake; 65: some.' 'import:Bring in the calendar of a year. It counts only when a second person has approved it.' 'plan:Plan a window, as it is proposed for a day or at times of your own.' 'propose:Propose sealing windows: from the close of the last working day to the opening of the next.' 'show:Show which years have a calendar and which windows are planned, or draw the calendar of one year.' ;;
        'hub|below') printf '%s\n' 'backup:Write the whole hub, keys and journal, into one file. Keep it in a safe, or encrypt it.' 'console:Serve the duty officer'"'"'s pages until stopped.' 'engine:Take in what the nodes send, and watch what comes due, until stopped.' 'erase:Erase name, telephone, e-mail and accounts of a person who has left. The journal keeps the number alone.' 'install:Install the hub'"'"'s services on this machine, and give each the files that are its own. May be run again.' 'migrate:Bring a site to this version'"'"'s form: papers made, keys removed, tables of another shape folded anew.' 'notify:Tell people of alarms by every channel that is set up, until stopped.' 'password:Set the password of an account that the site document names. Whoever is signed in by it is signed out.' 'rebuild:Fold the whole journal anew and compare it with the saved projections. Exit code 1 when they differ.' 'restore:Put a hub back from a backup, into a directory without one. It is an alarm, and two people answer for it.' ;;
        'node|below') printf '%s\n' 'accept:Install the hub'"'"'s answer.' 'checkpoint:The checkpoint of the journal that the node holds.' 'clock:Step this computer'"'"'s clock to the newest time known here, if it is behind.' 'enrol:Let a node in: compare six words, and write the papers that the node is to accept.' 'install:Put service unit and configuration in place on a Raspberry Pi.' 'list:Show every node that was ever let in, and until when its papers hold.' 'request:Make the node'"'"'s keys and ask the hub for papers.' 'revoke:Put a node out for good, at once; every node'"'"'s connection breaks for a moment, as the broker starts anew.' 'run:Run the node until SIGTERM or Ctrl-C.' 'status:What the node has on its disk.' ;;
        'roster|below') printf '%s\n' 'add:Put a shift on the roster.' 'handover:More commands.' 'remove:Take a shift off the roster. It stays on record.' 'show:Show who answers now, the shifts to come, and where nobody has one.' ;;
        'roster handover|below') printf '%s\n' 'give:Hand over: what is open now is written down, with your note, and you sign it.' 'show:Show hand-overs, newest first.' 'take:Take over just what was handed over.' ;;
        'sealing|below') printf '%s\n' 'approve:Approve of unsealing an area. Somebody else orders it.' 'change:Have a point or the people of a sealed area changed while it stays sealed: two people admit it at its reader.' 'check:Begin the check of an area. Without it `strongroom seal` does so by itself.' 'compare:Enter the number that you read off a seal before it is taken off. Another number is an alarm.' 'drop:Cancel or postpone a sealing that is planned or checked.' 'except:Answer, as security officer, for sealing although this point is blind or was not walked.' 'list:Show sealings, newest first.' 'number:Enter the number of a seal that is put on. The second of the two repeats it; another number is refused.' 'release:End a sealing without its dead nodes, after an emergency opening by another person in the other role.' 'sign:Sign for an emergency opening. It takes two people.' 'status:Show all that is missing before an area can be sealed, in one list; or how its sealing stands.' 'tick:Say that you have looked at these items of the area'"'"'s list, and that they are in order.' ;;
        'sheet|below') printf '%s\n' 'checks:Show when a cabinet, safe or bolt was opened in a month, by which people, and who has closed up each evening.' 'closing:Show how an area was closed up on a day: set by whom, what was left open, and who has unset it next.' ;;
        'sim|below') printf '%s\n' 'badge:Hold badges to a reader, one after the other, and say what it shows. The same one twice closes an area up; those of two people open it up out of its hours.' 'close:Close it again; let a button go; end what such a contact tells.' 'cut:Cut the wire to a point.' 'mend:Mend the wire to a point.' 'open:Open the thing at a point: door, window, safe, seal loop; hold a button down; make a water, smoke or panic contact tell.' 'phone:What the hub has sent to people'"'"'s telephones, and answer it.' 'press:Press a button for half a second: to leave, to set the area after a badge, for help.' 'pull:Pull a node'"'"'s network cable out.' 'push:Push it in again.' 'replay:Play a recorded trace of switches (columns time, switch, state).' 'short:Bridge the wire to a point.' 'state:What is set on the hardware, and what it shows.' ;;
        'site|below') printf '%s\n' 'apply:Check a site document and put it in force: nodes get their plans and access lists, people their accounts.' 'check:Explain every mistake in a site document. Exit code 0: none; 65: some; 66: no such file.' 'init:Make a new site'"'"'s authority, keys, papers, broker files and empty database. Never overwrites any.' 'renew:Make new TLS papers for the hub'"'"'s services, before the old ones end. Restart the services after it.' ;;
        'verify|below') printf '%s\n' 'certificate:Check a certificate: offline against the hub'"'"'s public key, and against the journal where that is at hand.' 'journal:Check an export of the journal. Exit code 0: PASS; 1: FAIL; 2: UNPROVEN.' ;;
        '|options') printf '%s\n' '--version:Say which version this is.' ;;
        'completion|1') printf '%s\n' bash zsh ;;
        'access|options') printf '%s\n' '--json:One object a line.' '--last:At most so many, the newest.' ;;
        'access|--last') printf '%s\n' '<anything>' ;;
        'access|1') printf '%s\n' '<anything>' ;;
        'alarms acknowledge|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'alarms acknowledge|--as') printf '%s\n' '<account>' ;;
        'alarms acknowledge|1') printf '%s\n' '<anything>' ;;
        'alarms apply|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'alarms apply|--as') printf '%s\n' '<account>' ;;
        'alarms apply|1') printf '%s\n' '<file>' ;;
        'alarms close|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' '--cause:What it was.' '--finding:What you found, in your own words.' ;;
        'alarms close|--as') printf '%s\n' '<account>' ;;
        'alarms close|--cause') printf '%s\n' intrusion forgotten false fault work test other ;;
        'alarms close|--finding') printf '%s\n' '<anything>' ;;
        'alarms close|1') printf '%s\n' '<anything>' ;;
        'alarms confirm|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'alarms confirm|--as') printf '%s\n' '<account>' ;;
        'alarms confirm|1') printf '%s\n' '<anything>' ;;
        'alarms kinds|options') printf '%s\n' '--json:One object a line, ladders after the kinds.' ;;
        'alarms list|options') printf '%s\n' '--all:Closed ones too.' '--json:One object a line.' '--last:At most so many, the newest.' ;;
        'alarms list|--last') printf '%s\n' '<anything>' ;;
        'area allow|options') printf '%s\n' '--from:Local time, such as "2026-02-14 09:00".' '--to:Likewise, a day later at most.' '--cause:Why, in your own words.' '--as:Login of your account, whose password is then asked for.' ;;
        'area allow|--from') printf '%s\n' '<anything>' ;;
        'area allow|--to') printf '%s\n' '<anything>' ;;
        'area allow|--cause') printf '%s\n' '<anything>' ;;
        'area allow|--as') printf '%s\n' '<account>' ;;
        'area allow|1') printf '%s\n' '<area>' ;;
        'area allow|2') printf '%s\n' '<anything>' ;;
        'area extend|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'area extend|--as') printf '%s\n' '<account>' ;;
        'area extend|1') printf '%s\n' '<area>' ;;
        'area forbid|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'area forbid|--as') printf '%s\n' '<account>' ;;
        'area forbid|1') printf '%s\n' '<area>' ;;
        'area forbid|2') printf '%s\n' '<anything>' ;;
        'area list|options') printf '%s\n' '--json:One object a line.' ;;
        'area set|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'area set|--as') printf '%s\n' '<account>' ;;
        'area set|1') printf '%s\n' '<area>' ;;
        'area show|options') printf '%s\n' '--json:One object.' ;;
        'area show|1') printf '%s\n' '<area>' ;;
        'benchmark|options') printf '%s\n' '--quick:Half a minute; the figures are rough.' '--million:Audit a million entries: some minutes and 4 GB more.' '--json:Write every figure and sample to FILE as well.' '--keep:Leave site and logs in the directory (a folder on a real disk).' ;;
        'benchmark|--json') printf '%s\n' '<file>' ;;
        'calendar approve|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' '--sha256:SHA-256 of the file that you have compared already; nothing is asked then.' ;;
        'calendar approve|--as') printf '%s\n' '<account>' ;;
        'calendar approve|--sha256') printf '%s\n' '<anything>' ;;
        'calendar approve|1') printf '%s\n' '<anything>' ;;
        'calendar cancel|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' '--reason:Why, in your own words.' ;;
        'calendar cancel|--as') printf '%s\n' '<account>' ;;
        'calendar cancel|--reason') printf '%s\n' '<anything>' ;;
        'calendar cancel|1') printf '%s\n' '<anything>' ;;
        'calendar check|options') printf '%s\n' '--json:Print one JSON object, for programs.' ;;
        'calendar check|1') printf '%s\n' '<file>' ;;
        'calendar import|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'calendar import|--as') printf '%s\n' '<account>' ;;
        'calendar import|1') printf '%s\n' '<file>' ;;
        'calendar plan|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' '--area:Area to be sealed; repeatable. Without it: all.' '--from:Local time, such as "2026-02-14 17:30".' --to:Likewise. '--title:What it is for.' ;;
        'calendar plan|--as') printf '%s\n' '<account>' ;;
        'calendar plan|--area') printf '%s\n' '<area>' ;;
        'calendar plan|--from') printf '%s\n' '<anything>' ;;
        'calendar plan|--to') printf '%s\n' '<anything>' ;;
        'calendar plan|--title') printf '%s\n' '<anything>' ;;
        'calendar plan|1') printf '%s\n' '<anything>' ;;
        'calendar propose|options') printf '%s\n' '--weekends:Ordinary weekends too.' '--json:Print one JSON object, for programs.' ;;
        'calendar propose|1') printf '%s\n' '<anything>' ;;
        'calendar show|options') printf '%s\n' '--json:Print one JSON object, for programs.' ;;
        'calendar show|1') printf '%s\n' '<anything>' ;;
        'certificate|options') printf '%s\n' '--pdf:Write the A4 page to this file.' '--html:Write the page as HTML to this file.' '--text:Print the signed note itself.' '--first:The half from the sealing, although a closing one is there.' ;;
        'certificate|--pdf') printf '%s\n' '<file>' ;;
        'certificate|--html') printf '%s\n' '<file>' ;;
        'certificate|1') printf '%s\n' '<area>' ;;
        'demo|options') printf '%s\n' '--port:The console'"'"'s port; the broker gets the next one.' '--story:Play a day, a night and a holiday at speed, without a person.' '--export:With --story: a new folder for the export of its journal.' '--database:For a new site: its database, if not SQLite.' ;;
        'demo|--port') printf '%s\n' '<anything>' ;;
        'demo|--export') printf '%s\n' '<file>' ;;
        'demo|--database') printf '%s\n' '<anything>' ;;
        'drill|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'drill|--as') printf '%s\n' '<account>' ;;
        'drill|1') printf '%s\n' '<area>' ;;
        'emergency|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' '--reason:What has happened: fire, flood…' ;;
        'emergency|--as') printf '%s\n' '<account>' ;;
        'emergency|--reason') printf '%s\n' '<anything>' ;;
        'emergency|1') printf '%s\n' '<area>' ;;
        'export|options') printf '%s\n' '--as:Login of your account, whose password is asked for; the journal names you.' ;;
        'export|--as') printf '%s\n' '<account>' ;;
        'export|1') printf '%s\n' '<file>' ;;
        'hub backup|options') printf '%s\n' '--to:Encrypt it for this recipient (age1…); may be given more than once.' ;;
        'hub backup|--to') printf '%s\n' '<anything>' ;;
        'hub backup|1') printf '%s\n' '<file>' ;;
        'hub erase|options') printf '%s\n' '--as:Login of a system administrator, whose password is then asked for.' '--second:Login of a security officer, another person, who shows a password too.' '--reason:Why. Goes into the journal, without the name.' ;;
        'hub erase|--as') printf '%s\n' '<account>' ;;
        'hub erase|--second') printf '%s\n' '<account>' ;;
        'hub erase|--reason') printf '%s\n' '<anything>' ;;
        'hub erase|1') printf '%s\n' '<anything>' ;;
        'hub install|options') printf '%s\n' '--root:Only write the files, below this folder.' ;;
        'hub install|--root') printf '%s\n' '<file>' ;;
        'hub password|options') printf '%s\n' '--generate:Make one and print it once.' ;;
        'hub password|1') printf '%s\n' '<account>' ;;
        'hub rebuild|options') printf '%s\n' '--mend:Save every row as the journal says.' ;;
        'hub restore|options') printf '%s\n' '--as:Login of a system administrator, whose password is then asked for.' '--second:Login of a security officer, another person, who shows a password too.' '--reason:Why the hub is put back.' '--quote:The newest checkpoint that any node holds, for the new journal to quote.' '--identity:For an encrypted backup: the identity that may read it.' ;;
        'hub restore|--as') printf '%s\n' '<account>' ;;
        'hub restore|--second') printf '%s\n' '<account>' ;;
        'hub restore|--reason') printf '%s\n' '<anything>' ;;
        'hub restore|--quote') printf '%s\n' '<anything>' ;;
        'hub restore|--identity') printf '%s\n' '<file>' ;;
        'hub restore|1') printf '%s\n' '<file>' ;;
        'journal|options') printf '%s\n' '--json:One object a line, from the first entry on.' '--kind:Only entries of this kind.' '--place:Only entries about this point, reader, area or node.' '--node:Only records of this node.' '--after:Only entries after this index.' '--last:Only the newest so many.' '--all:From the first entry on.' '--follow:Go on as it grows.' ;;
        'journal|--kind') printf '%s\n' account-made alarm-acknowledged alarm-attended alarm-closed alarm-raised alarm-recorded alarm-repeated alarm-returned alarm-shown alarm-sounded alarms-set answers-refused area-set area-unset attended badge-awaited badge-wait-over beat-contradicts broker-back broker-lost calendar-approved calendar-imported calendar-unpublished call-answered call-ended call-joined call-moved call-opened called-meanwhile cannot-fill certificate-made channel-failed channel-tested chatter check-ticked checkpoint-disputed checkpoint-key clock-set console-started console-stopped database-held denied disk-refuses drill-started emergency-opened emergency-signed emptied engine-back engine-silent engine-started engine-stopped entered equivocation exception-signed fault finding-written first-of-two flood-over forced frozen granted guard-requested handover-drafted handover-taken held-open hub-backed-up hub-clock hub-restored hub-storage journal-exported journal-moved journal-opened journal-refused left level no-progress node-back node-enrolled node-floods node-revoked node-silent not-entered not-judged not-set notice-delivered notice-failed notice-handed notice-overdue notice-queued notify-started notify-stopped order-done order-issued order-not-done order-refused overflow password-set permitted person-erased plan-kept-back presented progress-again reader-deaf record-doubted records-lost refused released rolled-back roster-gap rows-differ rows-mended seal-baseline seal-compared seal-number sealed sealing-adopted sealing-arming sealing-badge sealing-cancelled sealing-changed sealing-changing sealing-checking sealing-confirmed sealing-dropped sealing-missed sealing-ordered sealing-planned sealing-released service-refused set-cancelled set-extended set-refused setting shift-added shift-removed sign-in-failed signed-in site-applied somebody-inside somebody-out sounded started unsealed unsealing-approved unsealing-waits unsetting-allowed unsetting-forbidden unwitnessed watch watch-while-set window-cancelled window-planned witnessed-again ;;
        'journal|--place') printf '%s\n' '<point>' ;;
        'journal|--node') printf '%s\n' '<node>' ;;
        'journal|--after') printf '%s\n' '<anything>' ;;
        'journal|--last') printf '%s\n' '<anything>' ;;
        'node accept|options') printf '%s\n' '--node:The node DIR/nodes/NAME.' '--config:Its node.toml, wherever it lies.' '--json:One JSON object, for a program.' ;;
        'node accept|--node') printf '%s\n' '<node>' ;;
        'node accept|--config') printf '%s\n' '<file>' ;;
        'node accept|1') printf '%s\n' '<file>' ;;
        'node checkpoint|options') printf '%s\n' '--node:The node DIR/nodes/NAME.' '--config:Its node.toml, wherever it lies.' ;;
        'node checkpoint|--node') printf '%s\n' '<node>' ;;
        'node checkpoint|--config') printf '%s\n' '<file>' ;;
        'node clock|options') printf '%s\n' '--node:The node DIR/nodes/NAME.' '--config:Its node.toml, wherever it lies.' ;;
        'node clock|--node') printf '%s\n' '<node>' ;;
        'node clock|--config') printf '%s\n' '<file>' ;;
        'node enrol|options') printf '%s\n' '--words:The six check words that the node shows; else asked for.' ;;
        'node enrol|--words') printf '%s\n' '<anything>' ;;
        'node enrol|1') printf '%s\n' '<file>' ;;
        'node install|options') printf '%s\n' '--root:Install below DIR.' ;;
        'node install|--root') printf '%s\n' '<file>' ;;
        'node list|options') printf '%s\n' '--json:One object a line.' ;;
        'node request|options') printf '%s\n' '--node:The node DIR/nodes/NAME.' '--config:Its node.toml, wherever it lies.' '--site:For a node without node.toml: write a first one, for this site.' '--factory:For that first node.toml.' '--out:Where to write the request (else: standard output).' '--json:Request and check words for a program.' ;;
        'node request|--node') printf '%s\n' '<node>' ;;
        'node request|--config') printf '%s\n' '<file>' ;;
        'node request|--site') printf '%s\n' '<anything>' ;;
        'node request|--factory') printf '%s\n' lgpio rpigpio mock ;;
        'node request|--out') printf '%s\n' '<file>' ;;
        'node revoke|options') printf '%s\n' '--reason:Why, for the journal.' ;;
        'node revoke|--reason') printf '%s\n' '<anything>' ;;
        'node revoke|1') printf '%s\n' '<node>' ;;
        'node run|options') printf '%s\n' '--node:The node DIR/nodes/NAME.' '--config:Its node.toml, wherever it lies.' ;;
        'node run|--node') printf '%s\n' '<node>' ;;
        'node run|--config') printf '%s\n' '<file>' ;;
        'node status|options') printf '%s\n' '--node:The node DIR/nodes/NAME.' '--config:Its node.toml, wherever it lies.' '--json:One JSON object, for a program.' ;;
        'node status|--node') printf '%s\n' '<node>' ;;
        'node status|--config') printf '%s\n' '<file>' ;;
        'roster add|options') printf '%s\n' '--from:Local time, such as "2026-02-14 17:30".' --to:Likewise. '--as:Login of your account, whose password is then asked for.' '--stand-in:Number of the person who stands in.' ;;
        'roster add|--from') printf '%s\n' '<anything>' ;;
        'roster add|--to') printf '%s\n' '<anything>' ;;
        'roster add|--as') printf '%s\n' '<account>' ;;
        'roster add|--stand-in') printf '%s\n' '<anything>' ;;
        'roster add|1') printf '%s\n' '<anything>' ;;
        'roster handover give|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' '--note:What the next one should know.' ;;
        'roster handover give|--as') printf '%s\n' '<account>' ;;
        'roster handover give|--note') printf '%s\n' '<anything>' ;;
        'roster handover show|options') printf '%s\n' '--json:One object a line.' '--last:At most so many, the newest.' ;;
        'roster handover show|--last') printf '%s\n' '<anything>' ;;
        'roster handover take|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'roster handover take|--as') printf '%s\n' '<account>' ;;
        'roster handover take|1') printf '%s\n' '<anything>' ;;
        'roster remove|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'roster remove|--as') printf '%s\n' '<account>' ;;
        'roster remove|1') printf '%s\n' '<anything>' ;;
        'roster show|options') printf '%s\n' '--all:Past and removed shifts too.' '--json:One object a line.' ;;
        'seal|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'seal|--as') printf '%s\n' '<account>' ;;
        'seal|1') printf '%s\n' '<area>' ;;
        'sealing approve|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' '--cause:Why, in your own words.' ;;
        'sealing approve|--as') printf '%s\n' '<account>' ;;
        'sealing approve|--cause') printf '%s\n' '<anything>' ;;
        'sealing approve|1') printf '%s\n' '<area>' ;;
        'sealing change|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' '--cause:Why, in your own words.' ;;
        'sealing change|--as') printf '%s\n' '<account>' ;;
        'sealing change|--cause') printf '%s\n' '<anything>' ;;
        'sealing change|1') printf '%s\n' '<area>' ;;
        'sealing check|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'sealing check|--as') printf '%s\n' '<account>' ;;
        'sealing check|1') printf '%s\n' '<area>' ;;
        'sealing compare|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'sealing compare|--as') printf '%s\n' '<account>' ;;
        'sealing compare|1') printf '%s\n' '<point>' ;;
        'sealing compare|2') printf '%s\n' '<anything>' ;;
        'sealing drop|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' '--reason:Why, in your own words.' '--postpone:It will be, at another time.' ;;
        'sealing drop|--as') printf '%s\n' '<account>' ;;
        'sealing drop|--reason') printf '%s\n' '<anything>' ;;
        'sealing drop|1') printf '%s\n' '<anything>' ;;
        'sealing except|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' '--reason:Why, in your own words.' ;;
        'sealing except|--as') printf '%s\n' '<account>' ;;
        'sealing except|--reason') printf '%s\n' '<anything>' ;;
        'sealing except|1') printf '%s\n' '<point>' ;;
        'sealing list|options') printf '%s\n' '--json:One object a line.' ;;
        'sealing list|1') printf '%s\n' '<area>' ;;
        'sealing number|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' '--said-by:Number of the one who reads it aloud: first one of the two, then the other.' ;;
        'sealing number|--as') printf '%s\n' '<account>' ;;
        'sealing number|--said-by') printf '%s\n' '<anything>' ;;
        'sealing number|1') printf '%s\n' '<point>' ;;
        'sealing number|2') printf '%s\n' '<anything>' ;;
        'sealing release|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'sealing release|--as') printf '%s\n' '<account>' ;;
        'sealing release|1') printf '%s\n' '<area>' ;;
        'sealing sign|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'sealing sign|--as') printf '%s\n' '<account>' ;;
        'sealing sign|1') printf '%s\n' '<area>' ;;
        'sealing status|options') printf '%s\n' '--json:One object.' ;;
        'sealing status|1') printf '%s\n' '<area>' ;;
        'sealing tick|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' ;;
        'sealing tick|--as') printf '%s\n' '<account>' ;;
        'sealing tick|1') printf '%s\n' '<area>' ;;
        'sealing tick|'[2-9]) printf '%s\n' doors windows cabinets safe people-out all ;;
        'sheet checks|options') printf '%s\n' '--month:The month as YYYY-MM; left out, this one.' '--pdf:Write the A4 page to this file.' '--language:In which language.' ;;
        'sheet checks|--month') printf '%s\n' '<anything>' ;;
        'sheet checks|--pdf') printf '%s\n' '<file>' ;;
        'sheet checks|--language') printf '%s\n' en zh ;;
        'sheet checks|1') printf '%s\n' '<point>' ;;
        'sheet closing|options') printf '%s\n' '--day:The day as YYYY-MM-DD; left out, today.' '--pdf:Write the A4 page to this file.' '--language:In which language.' ;;
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
        'sim phone|options') printf '%s\n' '--json:One JSON object, for programs.' ;;
        'sim phone|1') printf '%s\n' '<cardholder>' ;;
        'sim phone|2') printf '%s\n' '<anything>' ;;
        'sim press|1') printf '%s\n' '<point>' ;;
        'sim pull|1') printf '%s\n' '<node>' ;;
        'sim push|1') printf '%s\n' '<node>' ;;
        'sim replay|options') printf '%s\n' '--map:Which point a switch is. Repeatable.' '--speed:Times as fast as it was.' '--json:The summary for a program.' ;;
        'sim replay|--map') printf '%s\n' '<anything>' ;;
        'sim replay|--speed') printf '%s\n' '<anything>' ;;
        'sim replay|1') printf '%s\n' '<file>' ;;
        'sim short|1') printf '%s\n' '<point>' ;;
        'sim state|options') printf '%s\n' '--json:One JSON object, for programs.' ;;
        'sim state|1') printf '%s\n' '<node>' ;;
        'site apply|1') printf '%s\n' '<file>' ;;
        'site check|options') printf '%s\n' '--json:Print one JSON object, for programs.' ;;
        'site check|1') printf '%s\n' '<file>' ;;
        'site init|options') printf '%s\n' '--host:Address or name of the hub, as nodes and browsers reach it; nodes get the first. Repeatable.' '--bind:Address that the broker listens on.' '--port:Port that the broker listens on.' ;;
        'site init|--host') printf '%s\n' '<anything>' ;;
        'site init|--bind') printf '%s\n' '<anything>' ;;
        'site init|--port') printf '%s\n' '<anything>' ;;
        'site init|1') printf '%s\n' '<anything>' ;;
        'status|options') printf '%s\n' '--json:One object.' ;;
        'unseal|options') printf '%s\n' '--as:Login of your account, whose password is then asked for.' '--cause:Why, in your own words.' ;;
        'unseal|--as') printf '%s\n' '<account>' ;;
        'unseal|--cause') printf '%s\n' '<anything>' ;;
        'unseal|1') printf '%s\n' '<area>' ;;
        'verify certificate|options') printf '%s\n' '--key:The hub'"'"'s public key, or a file with it. Without it: that of this hub.' ;;
        'verify certificate|--key') printf '%s\n' '<anything>' ;;
        'verify certificate|1') printf '%s\n' '<anything>' ;;
        'verify journal|options') printf '%s\n' '--seen:A checkpoint seen elsewhere: a file, the text of its QR code, or its words. Repeatable.' '--root:The journal'"'"'s root key from paper, whole or in words. Repeatable.' '--json:Print one JSON object, for programs.' ;;
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
