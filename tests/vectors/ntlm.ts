/** [MS-NLMP] 4.2.1 and 4.2.4: the published example of NTLMv2, as hex digits. */
export const user = "User";
export const domain = "Domain";
export const password = "Password";
export const workstation = "COMPUTER";
export const serverChallenge = "0123456789abcdef";
export const clientChallenge = "aaaaaaaaaaaaaaaa";
export const randomSessionKey = "55555555555555555555555555555555";

/** 4.2.2.1.2 */
export const ntowfv1 = "a4f49c406510bdcab6824ee7c30fd852";
/** 4.2.4.1.1 */
export const ntowfv2 = "0c868a403bfd7a93a3001ef22ef02e3f";
/** 4.2.4.1.2 */
export const sessionBaseKey = "8de40ccadbc14a82f15cb0ad0de95ca3";
/** 4.2.4.1.3 */
export const temp = "01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
	+ "02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000";
/** 4.2.4.2.1 */
export const lmv2Response = "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa";
/** 4.2.4.2.2 */
export const ntProof = "68cd0ab851e51c96aabc927bebef6a1c";
/** 4.2.4.2.3 */
export const encryptedSessionKey = "c5dad2544fc9799094ce1ce90bc9d03e";

/** 4.2.4.3 */
export const challengeMessage = "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef0000000000000000240024004400000006007017"
	+ "0000000f53006500720076006500720002000c0044006f006d00610069006e0001000c0053006500720076006500720000000000";
/** 4.2.4.3: without MIC and SPN, which newer revisions of the protocol ask for. */
export const authenticateMessage = "4e544c4d5353500003000000180018006c00000054005400840000000c000c00480000000800080054000000100010005c000000"
	+ "10001000d8000000358288e20501280a0000000f44006f006d00610069006e00550073006500720043004f004d0050005500540045005200"
	+ lmv2Response + ntProof + temp + encryptedSessionKey;

/** 4.2.4.4: SEALKEY and SIGNKEY of the client's direction, and GSS_WrapEx of a text. */
export const plaintext = "50006c00610069006e007400650078007400";
export const sealKey = "59f600973cc4960a25480a7c196e4c58";
export const signKey = "4788dc861b4782f35d43fd98fe1a2d39";
export const sealed = "54e50165bf1936dc996020c1811b0f06fb5f";
export const sealedSignature = "010000007fb38ec5c55d497600000000";
