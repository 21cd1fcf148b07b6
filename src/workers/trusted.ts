/** Addresses of workers under Trusted Types: one policy allows only our own scripts. */

interface ScriptPolicy {
  createScriptURL(url: string): unknown;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptPolicy;
}

export function trustedScripts(allowed: readonly string[]): (url: string) => string {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  const policy = trustedTypes?.createPolicy('homegrown-worker', {
    createScriptURL(url) {
      if (allowed.includes(url)) return url;
      throw new TypeError(`${url} is not one of our workers`);
    },
  });
  return (url) => (policy?.createScriptURL(url) ?? url) as string;
}
