/** What a plan includes. Values are the defaults of LIM-1 and LIM-2; a tenant may differ by override. */

/** All plans, cheapest first (TEN-1). */
export const planNames = ['basic', 'pro', 'enterprise'] as const;

export type Plan = (typeof planNames)[number];

/** Requests a minute; a burst may reach twice that for one minute (LIM-1). */
export type RateLimits = { userPerMinute: number; keyPerMinute: number; tenantPerMinute: number };

/** Default request rates for each plan. */
export const rateLimits: Readonly<Record<Plan, RateLimits>> = {
  basic: { userPerMinute: 60, keyPerMinute: 60, tenantPerMinute: 300 },
  pro: { userPerMinute: 60, keyPerMinute: 60, tenantPerMinute: 300 },
  enterprise: { userPerMinute: 60, keyPerMinute: 60, tenantPerMinute: 300 },
};

/**
 * Classes of endpoints with a rate of their own beside the ones above, for each caller and minute: `mail` sends
 * messages to people, `login` takes a secret from somebody who is not known yet and counts by address, `heavy` makes
 * the database work for a good part of a second.
 */
export const rateClasses = {
  standard: {},
  public: {},
  mail: { perMinute: 20 },
  login: { perMinute: 10 },
  heavy: { perMinute: 30 },
} as const satisfies Record<string, { perMinute?: number }>;

/** `public` endpoints are limited by address in the firewall, all others by the gate. */
export type RateClass = keyof typeof rateClasses;

/** How messages reach people. */
export const messageChannels = ['email', 'sms', 'whatsapp'] as const;

export type MessageChannel = (typeof messageChannels)[number];

/**
 * Messages a day of the tenant's time zone: to one recipient, on whatever channel, and on each channel to all (LIM-1).
 * Those of all channels together are the meter `messages`.
 */
export type MessageLimits = {
  recipientPerDay: number;
  emailPerDay: number;
  smsPerDay: number;
  whatsappPerDay: number;
};

const messagesADay = { recipientPerDay: 5, emailPerDay: 1_000, smsPerDay: 1_000, whatsappPerDay: 1_000 };

/** Default rates of messages for each plan. */
export const messageLimits: Readonly<Record<Plan, MessageLimits>> = {
  basic: messagesADay,
  pro: messagesADay,
  enterprise: messagesADay,
};

/** Hours are the clock's; days and months are those of the tenant's time zone. */
export const usageWindows = ['hour', 'day', 'month'] as const;

export type UsageWindow = (typeof usageWindows)[number];

/** What is counted of a tenant's usage. */
export const meterNames = ['api_calls', 'exports', 'workflow_runs', 'messages'] as const;

export type MeterName = (typeof meterNames)[number];

/** The most of each meter in each window; a window that is not named has no limit. */
export type UsageLimits = Readonly<Record<MeterName, Partial<Record<UsageWindow, number>>>>;

/** Default usage limits for each plan. */
export const usageLimits: Readonly<Record<Plan, UsageLimits>> = {
  basic: {
    api_calls: { hour: 1_000, month: 100_000 },
    exports: { month: 10 },
    workflow_runs: { month: 5_000 },
    messages: { day: 1_000 },
  },
  pro: {
    api_calls: { hour: 10_000, month: 1_000_000 },
    exports: { month: 100 },
    workflow_runs: { month: 50_000 },
    messages: { day: 1_000 },
  },
  enterprise: {
    api_calls: { month: 10_000_000 },
    exports: { month: 1_000 },
    workflow_runs: { month: 250_000 },
    messages: { day: 1_000 },
  },
};

/** What a plan includes at any time, whatever the month: people, invited ones among them, and what is stored. */
export type Allowances = { seats: number; storageBytes: number };

const gib = 1024 ** 3;

/** Default allowances for each plan; LIM-2 names them and leaves the numbers open. */
export const allowances: Readonly<Record<Plan, Allowances>> = {
  basic: { seats: 10, storageBytes: 10 * gib },
  pro: { seats: 100, storageBytes: 100 * gib },
  enterprise: { seats: 1_000, storageBytes: 1_024 * gib },
};
