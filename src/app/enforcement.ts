import type { Enforcement } from '../state/slices/privacy';

type PeerConnection = typeof RTCPeerConnection;
const { RTCPeerConnection: Connection } = globalThis as { RTCPeerConnection?: PeerConnection };
/** The app makes no calls, so no code needs to be able to. */
for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) Reflect.deleteProperty(globalThis, name);

export async function detectEnforcement(): Promise<Enforcement> {
  // The workers' policy comes with the headers that isolate the page.
  if (!crossOriginIsolated) return 'page';
  return Connection && (await refusesCalls(Connection)) ? 'everything' : 'requests';
}

/**
 * Whether `Connection-Allowlist` is enforced: then a connection fails before it gathers candidates, or can't be
 * created. Relay-only connections without a relay send nothing if it isn't.
 */
async function refusesCalls(Connection: PeerConnection): Promise<boolean> {
  let opened: RTCPeerConnection | undefined;
  try {
    const connection = (opened = new Connection({ iceTransportPolicy: 'relay' }));
    const refused = new Promise<boolean>((resolve) => {
      connection.addEventListener('iceconnectionstatechange', () => resolve(connection.iceGatheringState === 'new'));
      connection.addEventListener('icegatheringstatechange', () => resolve(false));
      setTimeout(() => resolve(false), TIMEOUT_MS);
    });
    connection.createDataChannel('');
    await connection.setLocalDescription();
    return await refused;
  } catch (error) {
    return error instanceof DOMException && error.name === 'NotAllowedError';
  } finally {
    opened?.close();
  }
}
/** Longest wait for a refusal. */
const TIMEOUT_MS = 1000;
