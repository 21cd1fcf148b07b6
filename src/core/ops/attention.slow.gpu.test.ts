/** Tests attention with the load strategies of other adapters. */
import { checkAttention } from '../../testing/checkAttention';
import { HARDWARE, WITHOUT_SUBGROUPS } from '../../testing/pretend';

checkAttention('as on a GPU', HARDWARE);
checkAttention('as on a GPU without subgroups', WITHOUT_SUBGROUPS);
