/** The unit tests in the 64-bit host. */
import { declareTests } from "./in-xs.js";

await declareTests(64);
