/** Attention by the ways of loading rows that other adapters get. */
import { checkAttention } from '../../testing/checkAttention';
import { HARDWARE, WITHOUT_SUBGROUPS } from '../../testing/pretend';

checkAttention('as on a GPU', HARDWARE);
checkAttention('as on a GPU without subgroups', WITHOUT_SUBGROUPS);
