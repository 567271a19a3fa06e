/** Lets Node load the platform's bare specifiers: the stand-ins beside this file take their place. */
import { register } from "node:module";

register("./node-loader.js", import.meta.url);
