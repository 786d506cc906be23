/** What a server says of itself; absent where it does not. */
export interface ServerFacts {
  readonly role?: string;
  readonly loading?: boolean;
  /** maxmemory-policy. */
  readonly eviction?: string;
}

/** The reply to INFO; anything else says nothing. */
export function serverFacts(info: unknown): ServerFacts {
  if (typeof info !== "string") return {};
  const value = (name: string) => new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1];
  const role = value("role");
  const loading = value("loading");
  const eviction = value("maxmemory_policy");
  return {
    ...(role !== undefined && { role }),
    ...(loading !== undefined && { loading: loading !== "0" }),
    ...(eviction !== undefined && { eviction }),
  };
}
