import { compareRest } from './rest-comparison.ts'

compareRest('distributed')
