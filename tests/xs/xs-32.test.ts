/** The unit tests in the 32-bit host, whose slots are those of the device. */
import { builds32 } from "../support/run.js";
import { declareTests } from "./in-xs.js";

if (builds32) await declareTests(32);
