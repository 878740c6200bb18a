#!/usr/bin/env bun
import { run } from './cli/run.ts'

/** What a plugin has left running must not keep a program alive that is done. */
const LINGER_MS = 250

process.exitCode = await run(process.argv.slice(2))
setTimeout(() => process.exit(), LINGER_MS).unref()
