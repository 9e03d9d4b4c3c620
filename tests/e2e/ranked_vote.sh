#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Rankings from the command line, on a real server: the order is shown back, recorded, audited elsewhere; slips are named before
# anything is encrypted; what the board then holds verifies.
set -u
. tests/tools/tap.sh
. tests/support/election.sh
election_keys
server_start
election_file 600
cat >>election.txt <<'END'

Question: Who shall chair?
Id: chair
Method: ranked 1 to 3
Count: Scottish-STV
[] Ada
[] Bert
[] Cleo
[] Dora

Question: Which day?
Id: day
Method: ranked
Count: condorcet-debian
Equal ranks: yes
Default option: none
[] Monday
[] Friday
    Majority: 2:1
[] None of them
    Id: none
END
election_create
check 'the election file is read back' gives 0 'Count: condorcet-debian-1.9' tabella check election.txt
election_roll 4
election_post_roll
election_key
election_open

rank() { tabella vote --voter v001 --code-file v001.code --yes "$@" "$board"; }
check 'an order and equal ranks' gives 0 'recorded as entry' rank --choose two=ant --rank chair=cleo,ada --rank day=monday=friday,none
check 'a later vote ranks others, and nobody in the second' gives 0 'recorded as entry' rank --choose two=ant --rank chair=dora
check 'in JSON' gives 0 '"recorded":true' rank --choose two=ant --rank chair=dora,ada --json
check 'two on one rank where that is not allowed' gives 2 "'chair': expected each rank once" rank --choose two=ant --rank chair=ada=bert
check 'too many' gives 2 "expected at most 3 ranked, found 4" rank --choose two=ant --rank chair=ada,bert,cleo,dora
check 'nobody, where one is needed' gives 2 "expected at least 1 ranked, found 0" rank --choose two=ant
check 'the wrong option' gives 2 'takes an order: use --rank' rank --choose two=ant --choose chair=ada

check 'a ballot is opened' gives 0 'not cast' rank --choose two=ant --rank chair=bert,dora --rank day=friday --audit opened.json
check 'and holds the order' gives 0 '1\. Bert' tabella audit "$board" opened.json
check 'to the last rank' grep -q '2\. Dora' said
sed 's/"values":\[0,1,0,2\]/"values":[0,2,0,1]/' opened.json >other.json
check 'not another order' gives 1 'BALLOT.SEED' tabella audit "$board" other.json
sed 's/"values":\[0,1,0,2\]/"values":[0,3,0,1]/' opened.json >other.json
check 'nor one that is none' gives 1 'RANK.CHOICE' tabella audit "$board" other.json

must tabella export "$board" board.tar
check 'the board verifies so far' gives 3 UNFINISHED tabella-verify board.tar
finish
