# SPDX-License-Identifier: Apache-2.0
# Made from cmd/spec.ndjson by `make generate`.
_cosign_commands='attest-blob attest bundle check-bundle completion download dsse env generate-key-pair import-key-pair log login ls-signatures make-payload pack-bundle public-key put-bundle remote-http resolve run-jq sign-blob sign-payload sign signing-config tree trusted-root verify-attestation verify-blob-attestation verify-blob verify version help'

_cosign_verbs() {
	case $1 in
	bundle) echo 'inspect create upgrade explode implode' ;;
	download) echo 'signature attestation sbom' ;;
	dsse) echo 'pae wrap unwrap' ;;
	log) echo 'verify' ;;
	signing-config) echo 'create' ;;
	trusted-root) echo 'create' ;;
	esac
}

_cosign_flags() {
	case $1 in
	'cosign') echo '--output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'attest-blob') echo '--key --password-file --predicate --type --statement --hash --bundle --yes --use-signing-config --signing-config --trusted-root --tlog-upload --oidc-client-id --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'attest') echo '--key --password-file --predicate --type --statement --recursive --no-upload --replace --dry-run --bundle --yes --null --use-signing-config --signing-config --trusted-root --tlog-upload --oidc-client-id --allow-insecure-registry --allow-http-registry --registry-username --registry-password --registry-token --registry-cacert --registry-client-cert --registry-client-key --registry-server-name --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'bundle inspect') echo '--trusted-root --jq --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'bundle create') echo '--artifact --bundle --signature --attestation --certificate --key --rfc3161-timestamp --ignore-tlog --out --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'bundle upgrade') echo '--out --rekor-url --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'bundle explode') echo '--dir --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'bundle implode') echo '--dir --out --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'check-bundle') echo '--jobs --jq --key --threshold --insecure-ignore-tlog --trusted-root --use-signed-timestamps --log-threshold --timestamp-threshold --sct-threshold --at-time --max-age --certificate-identity --certificate-identity-regexp --certificate-oidc-issuer --certificate-oidc-issuer-regexp --certificate-github-workflow-trigger --certificate-github-workflow-sha --certificate-github-workflow-name --certificate-github-workflow-repository --certificate-github-workflow-ref --certificate-extension --identity-file --insecure-ignore-sct --allow-certificate-chain --annotations --check-claims --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'completion') echo '--output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'download signature') echo '--platform --local-image --jq --allow-insecure-registry --allow-http-registry --registry-username --registry-password --registry-token --registry-cacert --registry-client-cert --registry-client-key --registry-server-name --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'download attestation') echo '--predicate-type --platform --output --local-image --jq --allow-insecure-registry --allow-http-registry --registry-username --registry-password --registry-token --registry-cacert --registry-client-cert --registry-client-key --registry-server-name --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'download sbom') echo '--platform --local-image --allow-insecure-registry --allow-http-registry --registry-username --registry-password --registry-token --registry-cacert --registry-client-cert --registry-client-key --registry-server-name --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'dsse pae') echo '--type --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'dsse wrap') echo '--type --key --password-file --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'dsse unwrap') echo '--output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'env') echo '--show-descriptions --show-sensitive-values --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'generate-key-pair') echo '--algorithm --output-key-prefix --yes --password-file --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'import-key-pair') echo '--key --output-key-prefix --yes --password-file --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'log verify') echo '--bundle --trusted-root --key --old --new --proof --jq --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'login') echo '--username --password --password-stdin --allow-insecure-registry --allow-http-registry --registry-cacert --registry-client-cert --registry-client-key --registry-server-name --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'ls-signatures') echo '--form --new-bundle-format --local-image --max-workers --jq --allow-insecure-registry --allow-http-registry --registry-username --registry-password --registry-token --registry-cacert --registry-client-cert --registry-client-key --registry-server-name --registry-referrers-mode --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'make-payload') echo '--annotations --new-bundle-format --sign-container-identity --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'pack-bundle') echo '--output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'public-key') echo '--key --outfile --password-file --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'put-bundle') echo '--replace --record-creation-timestamp --allow-insecure-registry --allow-http-registry --registry-username --registry-password --registry-token --registry-cacert --registry-client-cert --registry-client-key --registry-server-name --registry-referrers-mode --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'remote-http') echo '--output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'resolve') echo '--describe --recursive --platform --local-image --null --jq --allow-insecure-registry --allow-http-registry --registry-username --registry-password --registry-token --registry-cacert --registry-client-cert --registry-client-key --registry-server-name --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'run-jq') echo '--cpu-seconds --report --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'sign-blob') echo '--key --password-file --bundle --yes --use-signing-config --signing-config --trusted-root --tlog-upload --oidc-client-id --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'sign-payload') echo '--key --password-file --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'sign') echo '--key --password-file --annotations --recursive --upload --skip-existing --replace --dry-run --bundle --yes --null --use-signing-config --signing-config --trusted-root --tlog-upload --oidc-client-id --allow-insecure-registry --allow-http-registry --registry-username --registry-password --registry-token --registry-cacert --registry-client-cert --registry-client-key --registry-server-name --registry-referrers-mode --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'signing-config create') echo '--fulcio --rekor --oidc-provider --tsa --rekor-config --tsa-config --base-config --no-default-fulcio --no-default-rekor --no-default-oidc --no-default-tsa --out --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'tree') echo '--recursive --platform --local-image --jq --allow-insecure-registry --allow-http-registry --registry-username --registry-password --registry-token --registry-cacert --registry-client-cert --registry-client-key --registry-server-name --registry-referrers-mode --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'trusted-root create') echo '--fulcio --rekor --ctfe --tsa --out --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'verify-attestation') echo '--type --output --policy-jq --policy --policy-exec --policy-timeout --key --threshold --insecure-ignore-tlog --trusted-root --use-signed-timestamps --log-threshold --timestamp-threshold --sct-threshold --at-time --max-age --certificate-identity --certificate-identity-regexp --certificate-oidc-issuer --certificate-oidc-issuer-regexp --certificate-github-workflow-trigger --certificate-github-workflow-sha --certificate-github-workflow-name --certificate-github-workflow-repository --certificate-github-workflow-ref --certificate-extension --identity-file --insecure-ignore-sct --allow-certificate-chain --check-claims --platform --recursive --local-image --max-workers --null --jobs --jq --oidc-client-id --allow-insecure-registry --allow-http-registry --registry-username --registry-password --registry-token --registry-cacert --registry-client-cert --registry-client-key --registry-server-name --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'verify-blob-attestation') echo '--bundle --type --output --policy-jq --policy --policy-exec --policy-timeout --check-claims --digest --digestAlg --jq --key --threshold --insecure-ignore-tlog --trusted-root --use-signed-timestamps --log-threshold --timestamp-threshold --sct-threshold --at-time --max-age --certificate-identity --certificate-identity-regexp --certificate-oidc-issuer --certificate-oidc-issuer-regexp --certificate-github-workflow-trigger --certificate-github-workflow-sha --certificate-github-workflow-name --certificate-github-workflow-repository --certificate-github-workflow-ref --certificate-extension --identity-file --insecure-ignore-sct --allow-certificate-chain --max-workers --oidc-client-id --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'verify-blob') echo '--bundle --output --check --ignore-missing --ndjson --jobs --jq --key --threshold --insecure-ignore-tlog --trusted-root --use-signed-timestamps --log-threshold --timestamp-threshold --sct-threshold --at-time --max-age --certificate-identity --certificate-identity-regexp --certificate-oidc-issuer --certificate-oidc-issuer-regexp --certificate-github-workflow-trigger --certificate-github-workflow-sha --certificate-github-workflow-name --certificate-github-workflow-repository --certificate-github-workflow-ref --certificate-extension --identity-file --insecure-ignore-sct --allow-certificate-chain --max-workers --oidc-client-id --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'verify') echo '--key --threshold --insecure-ignore-tlog --trusted-root --use-signed-timestamps --log-threshold --timestamp-threshold --sct-threshold --at-time --max-age --certificate-identity --certificate-identity-regexp --certificate-oidc-issuer --certificate-oidc-issuer-regexp --certificate-github-workflow-trigger --certificate-github-workflow-sha --certificate-github-workflow-name --certificate-github-workflow-repository --certificate-github-workflow-ref --certificate-extension --identity-file --insecure-ignore-sct --allow-certificate-chain --annotations --check-claims --output --platform --local-image --max-workers --null --jobs --jq --oidc-client-id --allow-insecure-registry --allow-http-registry --registry-username --registry-password --registry-token --registry-cacert --registry-client-cert --registry-client-key --registry-server-name --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'version') echo '--json --output-file --verbose --timeout --retry --retry-max-time --help' ;;
	esac
}

# What follows a flag (or, as the flag "arg", stands alone).
_cosign_value() {
	case $1 in
	'cosign --output-file' ) echo 'file' ;;
	'cosign --timeout' | 'cosign -t' ) echo 'none' ;;
	'cosign --retry' ) echo 'none' ;;
	'cosign --retry-max-time' ) echo 'none' ;;
	'attest-blob --key' ) echo 'file' ;;
	'attest-blob --password-file' ) echo 'file' ;;
	'attest-blob --predicate' ) echo 'file' ;;
	'attest-blob --type' ) echo 'words custom slsaprovenance slsaprovenance02 slsaprovenance1 link spdx spdxjson cyclonedx vuln openvex' ;;
	'attest-blob --statement' ) echo 'file' ;;
	'attest-blob --hash' ) echo 'none' ;;
	'attest-blob --bundle' ) echo 'file' ;;
	'attest-blob --signing-config' ) echo 'file' ;;
	'attest-blob --trusted-root' ) echo 'file' ;;
	'attest-blob --oidc-client-id' ) echo 'none' ;;
	'attest-blob --output-file' ) echo 'file' ;;
	'attest-blob --timeout' | 'attest-blob -t' ) echo 'none' ;;
	'attest-blob --retry' ) echo 'none' ;;
	'attest-blob --retry-max-time' ) echo 'none' ;;
	'attest-blob arg' ) echo 'file' ;;
	'attest --key' ) echo 'file' ;;
	'attest --password-file' ) echo 'file' ;;
	'attest --predicate' ) echo 'file' ;;
	'attest --type' ) echo 'words custom slsaprovenance slsaprovenance02 slsaprovenance1 link spdx spdxjson cyclonedx vuln openvex' ;;
	'attest --statement' ) echo 'file' ;;
	'attest --bundle' ) echo 'file' ;;
	'attest --signing-config' ) echo 'file' ;;
	'attest --trusted-root' ) echo 'file' ;;
	'attest --oidc-client-id' ) echo 'none' ;;
	'attest --registry-username' ) echo 'none' ;;
	'attest --registry-password' ) echo 'none' ;;
	'attest --registry-token' ) echo 'none' ;;
	'attest --registry-cacert' ) echo 'file' ;;
	'attest --registry-client-cert' ) echo 'file' ;;
	'attest --registry-client-key' ) echo 'file' ;;
	'attest --registry-server-name' ) echo 'none' ;;
	'attest --output-file' ) echo 'file' ;;
	'attest --timeout' | 'attest -t' ) echo 'none' ;;
	'attest --retry' ) echo 'none' ;;
	'attest --retry-max-time' ) echo 'none' ;;
	'attest arg' ) echo 'image' ;;
	'bundle inspect --trusted-root' ) echo 'file' ;;
	'bundle inspect --jq' ) echo 'none' ;;
	'bundle inspect --output-file' ) echo 'file' ;;
	'bundle inspect --timeout' | 'bundle inspect -t' ) echo 'none' ;;
	'bundle inspect --retry' ) echo 'none' ;;
	'bundle inspect --retry-max-time' ) echo 'none' ;;
	'bundle inspect arg' ) echo 'file' ;;
	'bundle create --artifact' ) echo 'file' ;;
	'bundle create --bundle' ) echo 'file' ;;
	'bundle create --signature' ) echo 'file' ;;
	'bundle create --attestation' ) echo 'file' ;;
	'bundle create --certificate' ) echo 'file' ;;
	'bundle create --key' ) echo 'file' ;;
	'bundle create --rfc3161-timestamp' ) echo 'file' ;;
	'bundle create --out' ) echo 'file' ;;
	'bundle create --output-file' ) echo 'file' ;;
	'bundle create --timeout' | 'bundle create -t' ) echo 'none' ;;
	'bundle create --retry' ) echo 'none' ;;
	'bundle create --retry-max-time' ) echo 'none' ;;
	'bundle upgrade --out' ) echo 'file' ;;
	'bundle upgrade --rekor-url' ) echo 'none' ;;
	'bundle upgrade --output-file' ) echo 'file' ;;
	'bundle upgrade --timeout' | 'bundle upgrade -t' ) echo 'none' ;;
	'bundle upgrade --retry' ) echo 'none' ;;
	'bundle upgrade --retry-max-time' ) echo 'none' ;;
	'bundle upgrade arg' ) echo 'file' ;;
	'bundle explode --dir' ) echo 'dir' ;;
	'bundle explode --output-file' ) echo 'file' ;;
	'bundle explode --timeout' | 'bundle explode -t' ) echo 'none' ;;
	'bundle explode --retry' ) echo 'none' ;;
	'bundle explode --retry-max-time' ) echo 'none' ;;
	'bundle explode arg' ) echo 'file' ;;
	'bundle implode --dir' ) echo 'dir' ;;
	'bundle implode --out' ) echo 'file' ;;
	'bundle implode --output-file' ) echo 'file' ;;
	'bundle implode --timeout' | 'bundle implode -t' ) echo 'none' ;;
	'bundle implode --retry' ) echo 'none' ;;
	'bundle implode --retry-max-time' ) echo 'none' ;;
	'check-bundle --jobs' ) echo 'none' ;;
	'check-bundle --jq' ) echo 'none' ;;
	'check-bundle --key' ) echo 'file' ;;
	'check-bundle --threshold' ) echo 'none' ;;
	'check-bundle --trusted-root' ) echo 'file' ;;
	'check-bundle --log-threshold' ) echo 'none' ;;
	'check-bundle --timestamp-threshold' ) echo 'none' ;;
	'check-bundle --sct-threshold' ) echo 'none' ;;
	'check-bundle --at-time' ) echo 'none' ;;
	'check-bundle --max-age' ) echo 'none' ;;
	'check-bundle --certificate-identity' ) echo 'none' ;;
	'check-bundle --certificate-identity-regexp' ) echo 'none' ;;
	'check-bundle --certificate-oidc-issuer' ) echo 'none' ;;
	'check-bundle --certificate-oidc-issuer-regexp' ) echo 'none' ;;
	'check-bundle --certificate-github-workflow-trigger' ) echo 'none' ;;
	'check-bundle --certificate-github-workflow-sha' ) echo 'none' ;;
	'check-bundle --certificate-github-workflow-name' ) echo 'none' ;;
	'check-bundle --certificate-github-workflow-repository' ) echo 'none' ;;
	'check-bundle --certificate-github-workflow-ref' ) echo 'none' ;;
	'check-bundle --certificate-extension' ) echo 'none' ;;
	'check-bundle --identity-file' ) echo 'file' ;;
	'check-bundle --annotations' | 'check-bundle -a' ) echo 'none' ;;
	'check-bundle --output-file' ) echo 'file' ;;
	'check-bundle --timeout' | 'check-bundle -t' ) echo 'none' ;;
	'check-bundle --retry' ) echo 'none' ;;
	'check-bundle --retry-max-time' ) echo 'none' ;;
	'completion --output-file' ) echo 'file' ;;
	'completion --timeout' | 'completion -t' ) echo 'none' ;;
	'completion --retry' ) echo 'none' ;;
	'completion --retry-max-time' ) echo 'none' ;;
	'completion arg' ) echo 'words bash zsh fish' ;;
	'download signature --platform' ) echo 'none' ;;
	'download signature --jq' ) echo 'none' ;;
	'download signature --registry-username' ) echo 'none' ;;
	'download signature --registry-password' ) echo 'none' ;;
	'download signature --registry-token' ) echo 'none' ;;
	'download signature --registry-cacert' ) echo 'file' ;;
	'download signature --registry-client-cert' ) echo 'file' ;;
	'download signature --registry-client-key' ) echo 'file' ;;
	'download signature --registry-server-name' ) echo 'none' ;;
	'download signature --output-file' ) echo 'file' ;;
	'download signature --timeout' | 'download signature -t' ) echo 'none' ;;
	'download signature --retry' ) echo 'none' ;;
	'download signature --retry-max-time' ) echo 'none' ;;
	'download signature arg' ) echo 'image' ;;
	'download attestation --predicate-type' ) echo 'words custom slsaprovenance slsaprovenance02 slsaprovenance1 link spdx spdxjson cyclonedx vuln openvex' ;;
	'download attestation --platform' ) echo 'none' ;;
	'download attestation --output' | 'download attestation -o' ) echo 'words stored envelope statement predicate' ;;
	'download attestation --jq' ) echo 'none' ;;
	'download attestation --registry-username' ) echo 'none' ;;
	'download attestation --registry-password' ) echo 'none' ;;
	'download attestation --registry-token' ) echo 'none' ;;
	'download attestation --registry-cacert' ) echo 'file' ;;
	'download attestation --registry-client-cert' ) echo 'file' ;;
	'download attestation --registry-client-key' ) echo 'file' ;;
	'download attestation --registry-server-name' ) echo 'none' ;;
	'download attestation --output-file' ) echo 'file' ;;
	'download attestation --timeout' | 'download attestation -t' ) echo 'none' ;;
	'download attestation --retry' ) echo 'none' ;;
	'download attestation --retry-max-time' ) echo 'none' ;;
	'download attestation arg' ) echo 'image' ;;
	'download sbom --platform' ) echo 'none' ;;
	'download sbom --registry-username' ) echo 'none' ;;
	'download sbom --registry-password' ) echo 'none' ;;
	'download sbom --registry-token' ) echo 'none' ;;
	'download sbom --registry-cacert' ) echo 'file' ;;
	'download sbom --registry-client-cert' ) echo 'file' ;;
	'download sbom --registry-client-key' ) echo 'file' ;;
	'download sbom --registry-server-name' ) echo 'none' ;;
	'download sbom --output-file' ) echo 'file' ;;
	'download sbom --timeout' | 'download sbom -t' ) echo 'none' ;;
	'download sbom --retry' ) echo 'none' ;;
	'download sbom --retry-max-time' ) echo 'none' ;;
	'download sbom arg' ) echo 'image' ;;
	'dsse pae --type' ) echo 'none' ;;
	'dsse pae --output-file' ) echo 'file' ;;
	'dsse pae --timeout' | 'dsse pae -t' ) echo 'none' ;;
	'dsse pae --retry' ) echo 'none' ;;
	'dsse pae --retry-max-time' ) echo 'none' ;;
	'dsse pae arg' ) echo 'file' ;;
	'dsse wrap --type' ) echo 'none' ;;
	'dsse wrap --key' ) echo 'file' ;;
	'dsse wrap --password-file' ) echo 'file' ;;
	'dsse wrap --output-file' ) echo 'file' ;;
	'dsse wrap --timeout' | 'dsse wrap -t' ) echo 'none' ;;
	'dsse wrap --retry' ) echo 'none' ;;
	'dsse wrap --retry-max-time' ) echo 'none' ;;
	'dsse wrap arg' ) echo 'file' ;;
	'dsse unwrap --output-file' ) echo 'file' ;;
	'dsse unwrap --timeout' | 'dsse unwrap -t' ) echo 'none' ;;
	'dsse unwrap --retry' ) echo 'none' ;;
	'dsse unwrap --retry-max-time' ) echo 'none' ;;
	'dsse unwrap arg' ) echo 'file' ;;
	'env --output-file' ) echo 'file' ;;
	'env --timeout' | 'env -t' ) echo 'none' ;;
	'env --retry' ) echo 'none' ;;
	'env --retry-max-time' ) echo 'none' ;;
	'generate-key-pair --algorithm' ) echo 'words ecdsa-sha2-256-nistp256 ecdsa-sha2-384-nistp384 ecdsa-sha2-512-nistp521 rsa-sign-pkcs1-2048-sha256 rsa-sign-pkcs1-3072-sha256 rsa-sign-pkcs1-4096-sha256 rsa-sign-pss-2048-sha256 rsa-sign-pss-3072-sha256 rsa-sign-pss-4096-sha256 ed25519 ed25519-ph ecdsa-sha2-256-nistp384 ecdsa-sha2-256-nistp521' ;;
	'generate-key-pair --output-key-prefix' ) echo 'file' ;;
	'generate-key-pair --password-file' ) echo 'file' ;;
	'generate-key-pair --output-file' ) echo 'file' ;;
	'generate-key-pair --timeout' | 'generate-key-pair -t' ) echo 'none' ;;
	'generate-key-pair --retry' ) echo 'none' ;;
	'generate-key-pair --retry-max-time' ) echo 'none' ;;
	'generate-key-pair arg' ) echo 'none' ;;
	'import-key-pair --key' | 'import-key-pair -k' ) echo 'file' ;;
	'import-key-pair --output-key-prefix' | 'import-key-pair -o' ) echo 'file' ;;
	'import-key-pair --password-file' ) echo 'file' ;;
	'import-key-pair --output-file' ) echo 'file' ;;
	'import-key-pair --timeout' | 'import-key-pair -t' ) echo 'none' ;;
	'import-key-pair --retry' ) echo 'none' ;;
	'import-key-pair --retry-max-time' ) echo 'none' ;;
	'log verify --bundle' ) echo 'file' ;;
	'log verify --trusted-root' ) echo 'file' ;;
	'log verify --key' ) echo 'file' ;;
	'log verify --old' ) echo 'file' ;;
	'log verify --new' ) echo 'file' ;;
	'log verify --proof' ) echo 'file' ;;
	'log verify --jq' ) echo 'none' ;;
	'log verify --output-file' ) echo 'file' ;;
	'log verify --timeout' | 'log verify -t' ) echo 'none' ;;
	'log verify --retry' ) echo 'none' ;;
	'log verify --retry-max-time' ) echo 'none' ;;
	'login --username' | 'login -u' ) echo 'none' ;;
	'login --password' | 'login -p' ) echo 'none' ;;
	'login --registry-cacert' ) echo 'file' ;;
	'login --registry-client-cert' ) echo 'file' ;;
	'login --registry-client-key' ) echo 'file' ;;
	'login --registry-server-name' ) echo 'none' ;;
	'login --output-file' ) echo 'file' ;;
	'login --timeout' | 'login -t' ) echo 'none' ;;
	'login --retry' ) echo 'none' ;;
	'login --retry-max-time' ) echo 'none' ;;
	'login arg' ) echo 'none' ;;
	'ls-signatures --form' ) echo 'words all bundle legacy' ;;
	'ls-signatures --max-workers' ) echo 'none' ;;
	'ls-signatures --jq' ) echo 'none' ;;
	'ls-signatures --registry-username' ) echo 'none' ;;
	'ls-signatures --registry-password' ) echo 'none' ;;
	'ls-signatures --registry-token' ) echo 'none' ;;
	'ls-signatures --registry-cacert' ) echo 'file' ;;
	'ls-signatures --registry-client-cert' ) echo 'file' ;;
	'ls-signatures --registry-client-key' ) echo 'file' ;;
	'ls-signatures --registry-server-name' ) echo 'none' ;;
	'ls-signatures --registry-referrers-mode' ) echo 'words legacy oci-1-1' ;;
	'ls-signatures --output-file' ) echo 'file' ;;
	'ls-signatures --timeout' | 'ls-signatures -t' ) echo 'none' ;;
	'ls-signatures --retry' ) echo 'none' ;;
	'ls-signatures --retry-max-time' ) echo 'none' ;;
	'ls-signatures arg' ) echo 'image' ;;
	'make-payload --annotations' | 'make-payload -a' ) echo 'none' ;;
	'make-payload --sign-container-identity' ) echo 'none' ;;
	'make-payload --output-file' ) echo 'file' ;;
	'make-payload --timeout' | 'make-payload -t' ) echo 'none' ;;
	'make-payload --retry' ) echo 'none' ;;
	'make-payload --retry-max-time' ) echo 'none' ;;
	'pack-bundle --output-file' ) echo 'file' ;;
	'pack-bundle --timeout' | 'pack-bundle -t' ) echo 'none' ;;
	'pack-bundle --retry' ) echo 'none' ;;
	'pack-bundle --retry-max-time' ) echo 'none' ;;
	'public-key --key' ) echo 'file' ;;
	'public-key --outfile' ) echo 'file' ;;
	'public-key --password-file' ) echo 'file' ;;
	'public-key --output-file' ) echo 'file' ;;
	'public-key --timeout' | 'public-key -t' ) echo 'none' ;;
	'public-key --retry' ) echo 'none' ;;
	'public-key --retry-max-time' ) echo 'none' ;;
	'put-bundle --registry-username' ) echo 'none' ;;
	'put-bundle --registry-password' ) echo 'none' ;;
	'put-bundle --registry-token' ) echo 'none' ;;
	'put-bundle --registry-cacert' ) echo 'file' ;;
	'put-bundle --registry-client-cert' ) echo 'file' ;;
	'put-bundle --registry-client-key' ) echo 'file' ;;
	'put-bundle --registry-server-name' ) echo 'none' ;;
	'put-bundle --registry-referrers-mode' ) echo 'words legacy oci-1-1' ;;
	'put-bundle --output-file' ) echo 'file' ;;
	'put-bundle --timeout' | 'put-bundle -t' ) echo 'none' ;;
	'put-bundle --retry' ) echo 'none' ;;
	'put-bundle --retry-max-time' ) echo 'none' ;;
	'remote-http --output-file' ) echo 'file' ;;
	'remote-http --timeout' | 'remote-http -t' ) echo 'none' ;;
	'remote-http --retry' ) echo 'none' ;;
	'remote-http --retry-max-time' ) echo 'none' ;;
	'resolve --platform' ) echo 'none' ;;
	'resolve --jq' ) echo 'none' ;;
	'resolve --registry-username' ) echo 'none' ;;
	'resolve --registry-password' ) echo 'none' ;;
	'resolve --registry-token' ) echo 'none' ;;
	'resolve --registry-cacert' ) echo 'file' ;;
	'resolve --registry-client-cert' ) echo 'file' ;;
	'resolve --registry-client-key' ) echo 'file' ;;
	'resolve --registry-server-name' ) echo 'none' ;;
	'resolve --output-file' ) echo 'file' ;;
	'resolve --timeout' | 'resolve -t' ) echo 'none' ;;
	'resolve --retry' ) echo 'none' ;;
	'resolve --retry-max-time' ) echo 'none' ;;
	'resolve arg' ) echo 'image' ;;
	'run-jq --cpu-seconds' ) echo 'none' ;;
	'run-jq --output-file' ) echo 'file' ;;
	'run-jq --timeout' | 'run-jq -t' ) echo 'none' ;;
	'run-jq --retry' ) echo 'none' ;;
	'run-jq --retry-max-time' ) echo 'none' ;;
	'run-jq arg' ) echo 'none' ;;
	'sign-blob --key' ) echo 'file' ;;
	'sign-blob --password-file' ) echo 'file' ;;
	'sign-blob --bundle' ) echo 'file' ;;
	'sign-blob --signing-config' ) echo 'file' ;;
	'sign-blob --trusted-root' ) echo 'file' ;;
	'sign-blob --oidc-client-id' ) echo 'none' ;;
	'sign-blob --output-file' ) echo 'file' ;;
	'sign-blob --timeout' | 'sign-blob -t' ) echo 'none' ;;
	'sign-blob --retry' ) echo 'none' ;;
	'sign-blob --retry-max-time' ) echo 'none' ;;
	'sign-blob arg' ) echo 'file' ;;
	'sign-payload --key' ) echo 'file' ;;
	'sign-payload --password-file' ) echo 'file' ;;
	'sign-payload --output-file' ) echo 'file' ;;
	'sign-payload --timeout' | 'sign-payload -t' ) echo 'none' ;;
	'sign-payload --retry' ) echo 'none' ;;
	'sign-payload --retry-max-time' ) echo 'none' ;;
	'sign --key' ) echo 'file' ;;
	'sign --password-file' ) echo 'file' ;;
	'sign --annotations' | 'sign -a' ) echo 'none' ;;
	'sign --bundle' ) echo 'file' ;;
	'sign --signing-config' ) echo 'file' ;;
	'sign --trusted-root' ) echo 'file' ;;
	'sign --oidc-client-id' ) echo 'none' ;;
	'sign --registry-username' ) echo 'none' ;;
	'sign --registry-password' ) echo 'none' ;;
	'sign --registry-token' ) echo 'none' ;;
	'sign --registry-cacert' ) echo 'file' ;;
	'sign --registry-client-cert' ) echo 'file' ;;
	'sign --registry-client-key' ) echo 'file' ;;
	'sign --registry-server-name' ) echo 'none' ;;
	'sign --registry-referrers-mode' ) echo 'words legacy oci-1-1' ;;
	'sign --output-file' ) echo 'file' ;;
	'sign --timeout' | 'sign -t' ) echo 'none' ;;
	'sign --retry' ) echo 'none' ;;
	'sign --retry-max-time' ) echo 'none' ;;
	'sign arg' ) echo 'image' ;;
	'signing-config create --fulcio' ) echo 'none' ;;
	'signing-config create --rekor' ) echo 'none' ;;
	'signing-config create --oidc-provider' ) echo 'none' ;;
	'signing-config create --tsa' ) echo 'none' ;;
	'signing-config create --rekor-config' ) echo 'words ANY ALL EXACT:1' ;;
	'signing-config create --tsa-config' ) echo 'words ANY ALL EXACT:1' ;;
	'signing-config create --base-config' ) echo 'file' ;;
	'signing-config create --out' ) echo 'file' ;;
	'signing-config create --output-file' ) echo 'file' ;;
	'signing-config create --timeout' | 'signing-config create -t' ) echo 'none' ;;
	'signing-config create --retry' ) echo 'none' ;;
	'signing-config create --retry-max-time' ) echo 'none' ;;
	'tree --platform' ) echo 'none' ;;
	'tree --jq' ) echo 'none' ;;
	'tree --registry-username' ) echo 'none' ;;
	'tree --registry-password' ) echo 'none' ;;
	'tree --registry-token' ) echo 'none' ;;
	'tree --registry-cacert' ) echo 'file' ;;
	'tree --registry-client-cert' ) echo 'file' ;;
	'tree --registry-client-key' ) echo 'file' ;;
	'tree --registry-server-name' ) echo 'none' ;;
	'tree --registry-referrers-mode' ) echo 'words legacy oci-1-1' ;;
	'tree --output-file' ) echo 'file' ;;
	'tree --timeout' | 'tree -t' ) echo 'none' ;;
	'tree --retry' ) echo 'none' ;;
	'tree --retry-max-time' ) echo 'none' ;;
	'tree arg' ) echo 'image' ;;
	'trusted-root create --fulcio' ) echo 'none' ;;
	'trusted-root create --rekor' ) echo 'none' ;;
	'trusted-root create --ctfe' ) echo 'none' ;;
	'trusted-root create --tsa' ) echo 'none' ;;
	'trusted-root create --out' ) echo 'file' ;;
	'trusted-root create --output-file' ) echo 'file' ;;
	'trusted-root create --timeout' | 'trusted-root create -t' ) echo 'none' ;;
	'trusted-root create --retry' ) echo 'none' ;;
	'trusted-root create --retry-max-time' ) echo 'none' ;;
	'verify-attestation --type' ) echo 'words custom slsaprovenance slsaprovenance02 slsaprovenance1 link spdx spdxjson cyclonedx vuln openvex' ;;
	'verify-attestation --output' | 'verify-attestation -o' ) echo 'words envelope statement predicate' ;;
	'verify-attestation --policy-jq' ) echo 'file' ;;
	'verify-attestation --policy' ) echo 'file' ;;
	'verify-attestation --policy-exec' ) echo 'file' ;;
	'verify-attestation --policy-timeout' ) echo 'none' ;;
	'verify-attestation --key' ) echo 'file' ;;
	'verify-attestation --threshold' ) echo 'none' ;;
	'verify-attestation --trusted-root' ) echo 'file' ;;
	'verify-attestation --log-threshold' ) echo 'none' ;;
	'verify-attestation --timestamp-threshold' ) echo 'none' ;;
	'verify-attestation --sct-threshold' ) echo 'none' ;;
	'verify-attestation --at-time' ) echo 'none' ;;
	'verify-attestation --max-age' ) echo 'none' ;;
	'verify-attestation --certificate-identity' ) echo 'none' ;;
	'verify-attestation --certificate-identity-regexp' ) echo 'none' ;;
	'verify-attestation --certificate-oidc-issuer' ) echo 'none' ;;
	'verify-attestation --certificate-oidc-issuer-regexp' ) echo 'none' ;;
	'verify-attestation --certificate-github-workflow-trigger' ) echo 'none' ;;
	'verify-attestation --certificate-github-workflow-sha' ) echo 'none' ;;
	'verify-attestation --certificate-github-workflow-name' ) echo 'none' ;;
	'verify-attestation --certificate-github-workflow-repository' ) echo 'none' ;;
	'verify-attestation --certificate-github-workflow-ref' ) echo 'none' ;;
	'verify-attestation --certificate-extension' ) echo 'none' ;;
	'verify-attestation --identity-file' ) echo 'file' ;;
	'verify-attestation --platform' ) echo 'none' ;;
	'verify-attestation --max-workers' ) echo 'none' ;;
	'verify-attestation --jobs' ) echo 'none' ;;
	'verify-attestation --jq' ) echo 'none' ;;
	'verify-attestation --oidc-client-id' ) echo 'none' ;;
	'verify-attestation --registry-username' ) echo 'none' ;;
	'verify-attestation --registry-password' ) echo 'none' ;;
	'verify-attestation --registry-token' ) echo 'none' ;;
	'verify-attestation --registry-cacert' ) echo 'file' ;;
	'verify-attestation --registry-client-cert' ) echo 'file' ;;
	'verify-attestation --registry-client-key' ) echo 'file' ;;
	'verify-attestation --registry-server-name' ) echo 'none' ;;
	'verify-attestation --output-file' ) echo 'file' ;;
	'verify-attestation --timeout' | 'verify-attestation -t' ) echo 'none' ;;
	'verify-attestation --retry' ) echo 'none' ;;
	'verify-attestation --retry-max-time' ) echo 'none' ;;
	'verify-attestation arg' ) echo 'image' ;;
	'verify-blob-attestation --bundle' ) echo 'file' ;;
	'verify-blob-attestation --type' ) echo 'words custom slsaprovenance slsaprovenance02 slsaprovenance1 link spdx spdxjson cyclonedx vuln openvex' ;;
	'verify-blob-attestation --output' | 'verify-blob-attestation -o' ) echo 'words envelope statement predicate' ;;
	'verify-blob-attestation --policy-jq' ) echo 'file' ;;
	'verify-blob-attestation --policy' ) echo 'file' ;;
	'verify-blob-attestation --policy-exec' ) echo 'file' ;;
	'verify-blob-attestation --policy-timeout' ) echo 'none' ;;
	'verify-blob-attestation --digest' ) echo 'none' ;;
	'verify-blob-attestation --digestAlg' ) echo 'words sha256 sha384 sha512' ;;
	'verify-blob-attestation --jq' ) echo 'none' ;;
	'verify-blob-attestation --key' ) echo 'file' ;;
	'verify-blob-attestation --threshold' ) echo 'none' ;;
	'verify-blob-attestation --trusted-root' ) echo 'file' ;;
	'verify-blob-attestation --log-threshold' ) echo 'none' ;;
	'verify-blob-attestation --timestamp-threshold' ) echo 'none' ;;
	'verify-blob-attestation --sct-threshold' ) echo 'none' ;;
	'verify-blob-attestation --at-time' ) echo 'none' ;;
	'verify-blob-attestation --max-age' ) echo 'none' ;;
	'verify-blob-attestation --certificate-identity' ) echo 'none' ;;
	'verify-blob-attestation --certificate-identity-regexp' ) echo 'none' ;;
	'verify-blob-attestation --certificate-oidc-issuer' ) echo 'none' ;;
	'verify-blob-attestation --certificate-oidc-issuer-regexp' ) echo 'none' ;;
	'verify-blob-attestation --certificate-github-workflow-trigger' ) echo 'none' ;;
	'verify-blob-attestation --certificate-github-workflow-sha' ) echo 'none' ;;
	'verify-blob-attestation --certificate-github-workflow-name' ) echo 'none' ;;
	'verify-blob-attestation --certificate-github-workflow-repository' ) echo 'none' ;;
	'verify-blob-attestation --certificate-github-workflow-ref' ) echo 'none' ;;
	'verify-blob-attestation --certificate-extension' ) echo 'none' ;;
	'verify-blob-attestation --identity-file' ) echo 'file' ;;
	'verify-blob-attestation --max-workers' ) echo 'none' ;;
	'verify-blob-attestation --oidc-client-id' ) echo 'none' ;;
	'verify-blob-attestation --output-file' ) echo 'file' ;;
	'verify-blob-attestation --timeout' | 'verify-blob-attestation -t' ) echo 'none' ;;
	'verify-blob-attestation --retry' ) echo 'none' ;;
	'verify-blob-attestation --retry-max-time' ) echo 'none' ;;
	'verify-blob-attestation arg' ) echo 'file' ;;
	'verify-blob --bundle' ) echo 'file' ;;
	'verify-blob --output' ) echo 'file' ;;
	'verify-blob --jobs' ) echo 'none' ;;
	'verify-blob --jq' ) echo 'none' ;;
	'verify-blob --key' ) echo 'file' ;;
	'verify-blob --threshold' ) echo 'none' ;;
	'verify-blob --trusted-root' ) echo 'file' ;;
	'verify-blob --log-threshold' ) echo 'none' ;;
	'verify-blob --timestamp-threshold' ) echo 'none' ;;
	'verify-blob --sct-threshold' ) echo 'none' ;;
	'verify-blob --at-time' ) echo 'none' ;;
	'verify-blob --max-age' ) echo 'none' ;;
	'verify-blob --certificate-identity' ) echo 'none' ;;
	'verify-blob --certificate-identity-regexp' ) echo 'none' ;;
	'verify-blob --certificate-oidc-issuer' ) echo 'none' ;;
	'verify-blob --certificate-oidc-issuer-regexp' ) echo 'none' ;;
	'verify-blob --certificate-github-workflow-trigger' ) echo 'none' ;;
	'verify-blob --certificate-github-workflow-sha' ) echo 'none' ;;
	'verify-blob --certificate-github-workflow-name' ) echo 'none' ;;
	'verify-blob --certificate-github-workflow-repository' ) echo 'none' ;;
	'verify-blob --certificate-github-workflow-ref' ) echo 'none' ;;
	'verify-blob --certificate-extension' ) echo 'none' ;;
	'verify-blob --identity-file' ) echo 'file' ;;
	'verify-blob --max-workers' ) echo 'none' ;;
	'verify-blob --oidc-client-id' ) echo 'none' ;;
	'verify-blob --output-file' ) echo 'file' ;;
	'verify-blob --timeout' | 'verify-blob -t' ) echo 'none' ;;
	'verify-blob --retry' ) echo 'none' ;;
	'verify-blob --retry-max-time' ) echo 'none' ;;
	'verify-blob arg' ) echo 'file' ;;
	'verify --key' ) echo 'file' ;;
	'verify --threshold' ) echo 'none' ;;
	'verify --trusted-root' ) echo 'file' ;;
	'verify --log-threshold' ) echo 'none' ;;
	'verify --timestamp-threshold' ) echo 'none' ;;
	'verify --sct-threshold' ) echo 'none' ;;
	'verify --at-time' ) echo 'none' ;;
	'verify --max-age' ) echo 'none' ;;
	'verify --certificate-identity' ) echo 'none' ;;
	'verify --certificate-identity-regexp' ) echo 'none' ;;
	'verify --certificate-oidc-issuer' ) echo 'none' ;;
	'verify --certificate-oidc-issuer-regexp' ) echo 'none' ;;
	'verify --certificate-github-workflow-trigger' ) echo 'none' ;;
	'verify --certificate-github-workflow-sha' ) echo 'none' ;;
	'verify --certificate-github-workflow-name' ) echo 'none' ;;
	'verify --certificate-github-workflow-repository' ) echo 'none' ;;
	'verify --certificate-github-workflow-ref' ) echo 'none' ;;
	'verify --certificate-extension' ) echo 'none' ;;
	'verify --identity-file' ) echo 'file' ;;
	'verify --annotations' | 'verify -a' ) echo 'none' ;;
	'verify --output' | 'verify -o' ) echo 'words json text' ;;
	'verify --platform' ) echo 'none' ;;
	'verify --max-workers' ) echo 'none' ;;
	'verify --jobs' ) echo 'none' ;;
	'verify --jq' ) echo 'none' ;;
	'verify --oidc-client-id' ) echo 'none' ;;
	'verify --registry-username' ) echo 'none' ;;
	'verify --registry-password' ) echo 'none' ;;
	'verify --registry-token' ) echo 'none' ;;
	'verify --registry-cacert' ) echo 'file' ;;
	'verify --registry-client-cert' ) echo 'file' ;;
	'verify --registry-client-key' ) echo 'file' ;;
	'verify --registry-server-name' ) echo 'none' ;;
	'verify --output-file' ) echo 'file' ;;
	'verify --timeout' | 'verify -t' ) echo 'none' ;;
	'verify --retry' ) echo 'none' ;;
	'verify --retry-max-time' ) echo 'none' ;;
	'verify arg' ) echo 'image' ;;
	'version --output-file' ) echo 'file' ;;
	'version --timeout' | 'version -t' ) echo 'none' ;;
	'version --retry' ) echo 'none' ;;
	'version --retry-max-time' ) echo 'none' ;;
	esac
}

_cosign_offer() { # ACTION WORD
	case $1 in
	words*) COMPREPLY=($(compgen -W "${1#words}" -- "$2")) ;;
	file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$2")) ;;
	dir) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$2")) ;;
	esac
}

_cosign() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev='' i path='' verbs='' action skip=''
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [ -n "$skip" ]; then
			skip=
		elif [[ ${COMP_WORDS[i]} == -* ]]; then
			case $(_cosign_value "${path:-cosign} ${COMP_WORDS[i]}") in ?*) skip=1 ;; esac
			[[ ${COMP_WORDS[i + 1]-} != = ]] || skip=
		elif [[ ${COMP_WORDS[i]} == = ]]; then
			skip=1
		elif [ -z "$path" ]; then
			path=${COMP_WORDS[i]} verbs=$(_cosign_verbs "${COMP_WORDS[i]}")
		elif [ -n "$verbs" ]; then
			path+=" ${COMP_WORDS[i]}" verbs=
		fi
	done
	# The shell cuts --flag=value at the equals sign.
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	action=$(_cosign_value "${path:-cosign} $prev")
	if [[ $prev == -* && -n $action ]]; then
		_cosign_offer "$action" "$cur"
	elif [[ $cur == -* ]]; then
		_cosign_offer "words $(_cosign_flags "${path:-cosign}")" "$cur"
	elif [ -z "$path" ] || [ "$path" = help ]; then
		_cosign_offer "words $_cosign_commands" "$cur"
	elif [ -n "$verbs" ]; then
		_cosign_offer "words $verbs" "$cur"
	else
		_cosign_offer "$(_cosign_value "$path arg")" "$cur"
	fi
}

complete -F _cosign cosign
