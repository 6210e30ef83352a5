/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/privacy.h"

#include "base/log.h"
#include "cli/prompt.h"

int
privacy_ask(bool yes, struct err *e)
{
	static bool asked;

	if (asked)
		return 0;
	asked = true;
	log_say("\n\tNote that there may be personally identifiable information associated with this signed artifact.\n"
		"\tThis may include the email address associated with the account with which you authenticate.\n"
		"\tThis information will be used for signing this artifact and will be stored in public transparency logs "
		"and cannot be removed later.\n\n"
		"By typing 'y', you attest that you grant (or have permission to grant) and agree to have this information "
		"stored permanently in transparency logs.");
	return yes ? 0 : prompt_confirm("--yes", e);
}
