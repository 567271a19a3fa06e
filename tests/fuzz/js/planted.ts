/** No target, but what shows that the search finds something: three comparisons deep, none of which a guess would meet. */
import { ChallengeMessage, get32 } from "../../../modules/auth/ntlm-messages.js";
import { ProtocolError } from "../../../modules/errors/errors.js";
import { outcome } from "../guide/target.js";

export function run(bytes: Uint8Array): string {
	return outcome([ProtocolError], () => {
		const challenge = new ChallengeMessage(bytes);
		if (challenge.timestampAt > 0) throw new RangeError("planted");
		return String(get32(bytes, 20));
	});
}
