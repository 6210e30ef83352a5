# SPDX-License-Identifier: Apache-2.0
# Made from cmd/spec.ndjson by `make generate`.

# The words after cosign without flags and values of global flags.
function __cosign_words
	set -l skip 0
	for word in (commandline -opc)[2..-1]
		if test $skip = 1
			set skip 0
		else if contains -- $word --output-file --timeout -t --retry --retry-max-time
			set skip 1
		else if not string match -q -- '-*' $word
			echo $word
		end
	end
end

function __cosign_at # COMMAND [VERB]
	set -l words (__cosign_words)
	set -l n (count $argv)
	test (count $words) -ge $n; and test "$words[1..$n]" = "$argv"
end

function __cosign_start
	test (count (__cosign_words)) -eq 0
end

complete -c cosign -f
complete -c cosign -n __cosign_start -a completion -d 'Print the completion script of a shell'
complete -c cosign -n __cosign_start -a env -d 'Print the environment variables that the suite reads'
complete -c cosign -n __cosign_start -a generate-key-pair -d 'Make a key pair'
complete -c cosign -n __cosign_start -a import-key-pair -d 'Import a PEM private key'
complete -c cosign -n __cosign_start -a public-key -d 'Print the public key of a private key'
complete -c cosign -n __cosign_start -a remote-http -d 'Speak HTTP for the other programs'
complete -c cosign -n __cosign_start -a version -d 'Print the version of the suite'
complete -c cosign -n __cosign_start -a help -d 'Show the manual page of a command'
complete -c cosign -n '__cosign_at help' -a 'completion env generate-key-pair import-key-pair public-key remote-http version'
complete -c cosign -n __cosign_start -l output-file -r -F -d 'write standard output to this file, which is created or emptied'
complete -c cosign -n __cosign_start -l verbose -s d -d 'say on stderr what is being done'
complete -c cosign -n __cosign_start -l timeout -s t -x -d 'give up after this long; 0 waits for ever'
complete -c cosign -n __cosign_start -l json -d 'print typed records, and a failure as one JSON object on stderr'
complete -c cosign -n __cosign_start -l retry -x -d 'how often a failed request is sent again'
complete -c cosign -n __cosign_start -l retry-max-time -x -d 'stop sending a request again after this long'
complete -c cosign -n '__cosign_at completion' -l output-file -r -F -d 'write standard output to this file, which is created or emptied'
complete -c cosign -n '__cosign_at completion' -l verbose -s d -d 'say on stderr what is being done'
complete -c cosign -n '__cosign_at completion' -l timeout -s t -x -d 'give up after this long; 0 waits for ever'
complete -c cosign -n '__cosign_at completion' -l json -d 'print typed records, and a failure as one JSON object on stderr'
complete -c cosign -n '__cosign_at completion' -l retry -x -d 'how often a failed request is sent again'
complete -c cosign -n '__cosign_at completion' -l retry-max-time -x -d 'stop sending a request again after this long'
complete -c cosign -n '__cosign_at completion' -f -a 'bash zsh fish'
complete -c cosign -n '__cosign_at env' -l show-descriptions -d 'say what each variable is for'
complete -c cosign -n '__cosign_at env' -l show-sensitive-values -d 'show passwords and tokens, and variables this suite does not know'
complete -c cosign -n '__cosign_at env' -l output-file -r -F -d 'write standard output to this file, which is created or emptied'
complete -c cosign -n '__cosign_at env' -l verbose -s d -d 'say on stderr what is being done'
complete -c cosign -n '__cosign_at env' -l timeout -s t -x -d 'give up after this long; 0 waits for ever'
complete -c cosign -n '__cosign_at env' -l json -d 'print typed records, and a failure as one JSON object on stderr'
complete -c cosign -n '__cosign_at env' -l retry -x -d 'how often a failed request is sent again'
complete -c cosign -n '__cosign_at env' -l retry-max-time -x -d 'stop sending a request again after this long'
complete -c cosign -n '__cosign_at generate-key-pair' -l algorithm -x -a 'ecdsa-sha2-256-nistp256 ecdsa-sha2-384-nistp384 ecdsa-sha2-512-nistp521 rsa-sign-pkcs1-2048-sha256 rsa-sign-pkcs1-3072-sha256 rsa-sign-pkcs1-4096-sha256 rsa-sign-pss-2048-sha256 rsa-sign-pss-3072-sha256 rsa-sign-pss-4096-sha256 ed25519 ed25519-ph ecdsa-sha2-256-nistp384 ecdsa-sha2-256-nistp521' -d 'what kind of key to make'
complete -c cosign -n '__cosign_at generate-key-pair' -l output-key-prefix -r -F -d 'write STEM.key and STEM.pub'
complete -c cosign -n '__cosign_at generate-key-pair' -l yes -s y -d 'overwrite files without asking'
complete -c cosign -n '__cosign_at generate-key-pair' -l password-file -r -F -d 'read the private key\'s password from this file, without its last line end; - is standard input'
complete -c cosign -n '__cosign_at generate-key-pair' -l output-file -r -F -d 'write standard output to this file, which is created or emptied'
complete -c cosign -n '__cosign_at generate-key-pair' -l verbose -s d -d 'say on stderr what is being done'
complete -c cosign -n '__cosign_at generate-key-pair' -l timeout -s t -x -d 'give up after this long; 0 waits for ever'
complete -c cosign -n '__cosign_at generate-key-pair' -l json -d 'print typed records, and a failure as one JSON object on stderr'
complete -c cosign -n '__cosign_at generate-key-pair' -l retry -x -d 'how often a failed request is sent again'
complete -c cosign -n '__cosign_at generate-key-pair' -l retry-max-time -x -d 'stop sending a request again after this long'
complete -c cosign -n '__cosign_at import-key-pair' -l key -s k -r -F -d 'the private key to import; - is standard input'
complete -c cosign -n '__cosign_at import-key-pair' -l output-key-prefix -s o -r -F -d 'write STEM.key and STEM.pub'
complete -c cosign -n '__cosign_at import-key-pair' -l yes -s y -d 'overwrite files without asking'
complete -c cosign -n '__cosign_at import-key-pair' -l password-file -r -F -d 'read the private key\'s password from this file, without its last line end; - is standard input'
complete -c cosign -n '__cosign_at import-key-pair' -l output-file -r -F -d 'write standard output to this file, which is created or emptied'
complete -c cosign -n '__cosign_at import-key-pair' -l verbose -s d -d 'say on stderr what is being done'
complete -c cosign -n '__cosign_at import-key-pair' -l timeout -s t -x -d 'give up after this long; 0 waits for ever'
complete -c cosign -n '__cosign_at import-key-pair' -l json -d 'print typed records, and a failure as one JSON object on stderr'
complete -c cosign -n '__cosign_at import-key-pair' -l retry -x -d 'how often a failed request is sent again'
complete -c cosign -n '__cosign_at import-key-pair' -l retry-max-time -x -d 'stop sending a request again after this long'
complete -c cosign -n '__cosign_at public-key' -l key -r -F -d 'the private key: a PEM file, or env://NAME'
complete -c cosign -n '__cosign_at public-key' -l outfile -r -F -d 'write there, not to standard output'
complete -c cosign -n '__cosign_at public-key' -l password-file -r -F -d 'read the private key\'s password from this file, without its last line end; - is standard input'
complete -c cosign -n '__cosign_at public-key' -l output-file -r -F -d 'write standard output to this file, which is created or emptied'
complete -c cosign -n '__cosign_at public-key' -l verbose -s d -d 'say on stderr what is being done'
complete -c cosign -n '__cosign_at public-key' -l timeout -s t -x -d 'give up after this long; 0 waits for ever'
complete -c cosign -n '__cosign_at public-key' -l json -d 'print typed records, and a failure as one JSON object on stderr'
complete -c cosign -n '__cosign_at public-key' -l retry -x -d 'how often a failed request is sent again'
complete -c cosign -n '__cosign_at public-key' -l retry-max-time -x -d 'stop sending a request again after this long'
complete -c cosign -n '__cosign_at remote-http' -l output-file -r -F -d 'write standard output to this file, which is created or emptied'
complete -c cosign -n '__cosign_at remote-http' -l verbose -s d -d 'say on stderr what is being done'
complete -c cosign -n '__cosign_at remote-http' -l timeout -s t -x -d 'give up after this long; 0 waits for ever'
complete -c cosign -n '__cosign_at remote-http' -l json -d 'print typed records, and a failure as one JSON object on stderr'
complete -c cosign -n '__cosign_at remote-http' -l retry -x -d 'how often a failed request is sent again'
complete -c cosign -n '__cosign_at remote-http' -l retry-max-time -x -d 'stop sending a request again after this long'
complete -c cosign -n '__cosign_at version' -l json -d 'print a JSON object'
complete -c cosign -n '__cosign_at version' -l output-file -r -F -d 'write standard output to this file, which is created or emptied'
complete -c cosign -n '__cosign_at version' -l verbose -s d -d 'say on stderr what is being done'
complete -c cosign -n '__cosign_at version' -l timeout -s t -x -d 'give up after this long; 0 waits for ever'
complete -c cosign -n '__cosign_at version' -l retry -x -d 'how often a failed request is sent again'
complete -c cosign -n '__cosign_at version' -l retry-max-time -x -d 'stop sending a request again after this long'
