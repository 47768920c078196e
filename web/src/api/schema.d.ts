// Written by npm run generate from docs/generated/openapi.json.
export interface paths {
    "/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Health of the deployment and of what it depends on */
        get: operations["health.check"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller’s profile */
        get: operations["identity.profile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the caller’s name */
        patch: operations["identity.update"];
        trace?: never;
    };
    "/v1/me/memberships": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenants that the caller belongs to */
        get: operations["identity.memberships"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/default-tenant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Choose the tenant that calls without x-tenant-id mean */
        put: operations["identity.switchTenant"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Finish a sign-in: exchange the code of the sign-in pages */
        post: operations["sessions.begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new access token for the cookie, which is replaced; one that comes twice ends the session */
        post: operations["sessions.refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign out of the session of the cookie */
        post: operations["sessions.end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the caller is signed in */
        get: operations["sessions.list"];
        put?: never;
        post?: never;
        /** Sign out everywhere, or everywhere else */
        delete: operations["sessions.revokeAll"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of the caller’s sessions at once */
        delete: operations["sessions.revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the caller has signed in on */
        get: operations["sessions.devices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/devices/{deviceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End all of the caller’s sessions on a device; signing in there again brings it back */
        delete: operations["sessions.revokeDevice"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Create a tenant with its first API key; the caller becomes its owner */
        post: operations["tenancy.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenant of this call */
        get: operations["tenancy.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the tenant’s name or domain */
        patch: operations["tenancy.update"];
        trace?: never;
    };
    "/v1/tenant/domain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenant’s domain and the DNS record that proves it */
        get: operations["tenancy.domain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenant/domain/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look for the DNS record; from then on the domain means this tenant */
        post: operations["tenancy.verifyDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the tenant has set for itself */
        get: operations["settings.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change settings; what is not named stays, null removes. In force with the next request */
        patch: operations["settings.update"];
        trace?: never;
    };
    "/v1/features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Capabilities and flags in force for the tenant, each with the reason */
        get: operations["settings.features"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/branding": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the tenant’s pages look */
        get: operations["settings.branding"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change how the tenant’s pages look; what is not named stays, null removes */
        patch: operations["settings.brand"];
        trace?: never;
    };
    "/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the tenant has used in each window, and what is left; asking is not counted as an API call */
        get: operations["usage.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the tenant was served in the last hour, day or week; a minute behind, and not counted as a call */
        get: operations["metrics.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Members of the tenant, in the order they joined */
        get: operations["members.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a member; only an owner removes an owner, and never the last one */
        delete: operations["members.remove"];
        options?: never;
        head?: never;
        /** Change a member’s role */
        patch: operations["members.changeRole"];
        trace?: never;
    };
    "/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Invitations of the tenant, newest first */
        get: operations["members.invitations"];
        put?: never;
        /** Invite a person by e-mail; only an owner invites owners */
        post: operations["members.invite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/{invitationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw a pending invitation */
        delete: operations["members.withdraw"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept the invitation of a link that was mailed to the caller */
        post: operations["members.accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** API keys of the tenant, newest first, those that have ended included */
        get: operations["keys.list"];
        put?: never;
        /** Make an API key; it is shown in this answer and never again */
        post: operations["keys.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{keyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One API key */
        get: operations["keys.get"];
        put?: never;
        post?: never;
        /** Revoke an API key: its next call is refused */
        delete: operations["keys.revoke"];
        options?: never;
        head?: never;
        /** Change an API key’s name or where it works from */
        patch: operations["keys.update"];
        trace?: never;
    };
    "/v1/keys/{keyId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace an API key by a new one; the old one goes on working for a while */
        post: operations["keys.rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Whether a text is a valid API key of this tenant, and what it may do */
        post: operations["keys.verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenant’s audit trail, newest first */
        get: operations["audit.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the audit trail is as it was written: its rows and the chain over them, page by page */
        get: operations["audit.verify"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/security-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Security events of the tenant, newest first */
        get: operations["audit.securityEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was kept in this tenant of one request, in order: ids and facts */
        get: operations["audit.request"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The reports that the caller may have as files */
        get: operations["exports.reports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Exports of the tenant, newest first */
        get: operations["exports.list"];
        put?: never;
        /** Ask for a report as a file; it is made in the background */
        post: operations["exports.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/{exportId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One export: how far it is, or why it failed */
        get: operations["exports.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/{exportId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop an export that is not finished; nothing of it is left */
        post: operations["exports.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/{exportId}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A link to the file, for fifteen minutes; who asked for it is recorded */
        post: operations["exports.download"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/{exportId}/downloads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who asked for a link to the file, newest first */
        get: operations["exports.downloads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Backups of the tenant, newest first */
        get: operations["backups.list"];
        put?: never;
        /** Take a backup now, beside the nightly ones */
        post: operations["backups.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/backups/{backupId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One backup: how far it is, and what it holds */
        get: operations["backups.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/backups/{backupId}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A link to the file, for fifteen minutes, and the key that opens this one file */
        post: operations["backups.download"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/restores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Restores of the tenant, newest first */
        get: operations["restore.list"];
        put?: never;
        /** Ask for the tenant to return to a backup, or to how it was at a moment */
        post: operations["restore.request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/restores/{restoreId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One restore, with what applying it would change */
        get: operations["restore.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/restores/{restoreId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Agree to a restore that somebody else asked for: it is staged, verified and compared, and changes nothing */
        post: operations["restore.approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/restores/{restoreId}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse a restore that was asked for */
        post: operations["restore.reject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/restores/{restoreId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let go of a restore that was not applied yet */
        post: operations["restore.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/restores/{restoreId}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Apply a restore that is ready: in one transaction, after a backup of the tenant as it is now */
        post: operations["restore.apply"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/restores/{restoreId}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for the tenant as it was before a restore; it takes the same steps */
        post: operations["restore.undo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/drills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rehearsed restores, the latest first: how long they took, what would have been lost, what was wrong */
        get: operations["drills.list"];
        put?: never;
        /** Rehearse a restore now, of a tenant by chance or of this one */
        post: operations["drills.run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/failovers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Regions that others took over from, the latest first: why, how long it took, what was lost */
        get: operations["failover.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All tenants, newest first */
        get: operations["platform.tenants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/tenants/{tenantId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One tenant */
        get: operations["platform.tenant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/tenants/{tenantId}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Suspend a tenant: its members are refused until it is resumed */
        post: operations["platform.suspend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/tenants/{tenantId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume a suspended tenant */
        post: operations["platform.resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What holds for every tenant: kill switches, and what was decided about capabilities and flags */
        get: operations["platform.settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change what holds for every tenant; what is not named stays */
        patch: operations["platform.changeSettings"];
        trace?: never;
    };
    "/v1/platform/tenants/{tenantId}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change a tenant’s plan */
        put: operations["platform.changePlan"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/tenants/{tenantId}/overrides": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a tenant has beyond its plan, or has not */
        get: operations["platform.overrides"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change what a tenant has beyond its plan; what is not named stays, null goes back to the plan */
        patch: operations["platform.changeOverrides"];
        trace?: never;
    };
    "/v1/platform/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done to all tenants, newest first; what was done to one stands in its own trail */
        get: operations["platform.auditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/ai/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The platform’s rules that choose models for every tenant */
        get: operations["platform.aiRoutes"];
        /** Put them, all at once and in order; they hold for the next call, before wishes and beyond plans */
        put: operations["platform.setAiRoutes"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/tenants/{tenantId}/ai-routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The platform’s rules that choose models for one tenant */
        get: operations["platform.tenantAiRoutes"];
        /** Put them, all at once and in order; they are asked before those for every tenant */
        put: operations["platform.setTenantAiRoutes"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/ai/margins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What AI costs and brings in by tenant in a month of UTC, dearest first */
        get: operations["platform.aiMargins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/fleet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures of the whole fleet: tenants, provisioning, API, money, backups, rehearsals */
        get: operations["platform.fleet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People by a part of their address or name, or by their id; that they were looked up is audited */
        get: operations["platform.users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/security-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Security events of all tenants and of the platform, newest first */
        get: operations["investigation.securityEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages that failed too often, the latest first, and how many wait in each queue; not what they say */
        get: operations["investigation.deadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/dead-letters/{queue}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send them to their worker again, within a minute */
        post: operations["investigation.replayDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/dead-letters/{queue}/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give them up: what they asked for is never done */
        post: operations["investigation.discardDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/requests/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was kept of one request, in order: ids and facts; that it was looked up is audited */
        get: operations["investigation.request"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/verifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a one-time code; at most three an hour, and each makes the one before it worthless */
        post: operations["verification.send"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/verifications/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove an address with the code that was sent to it; at most five tries an hour */
        post: operations["verification.verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/impersonations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who of support asked to act for whom, and what came of it; the latest first */
        get: operations["support.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/impersonations/{impersonationId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let support act for the member, once, for half an hour from when it begins */
        post: operations["support.approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/impersonations/{impersonationId}/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Do not let support act for the member */
        post: operations["support.deny"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/impersonations/{impersonationId}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the approval back; what support does for the member ends with its next request */
        post: operations["support.end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/impersonations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who of support asked to act for whom, and what came of it; the latest first */
        get: operations["supportdesk.list"];
        put?: never;
        /** Ask a tenant to let the caller act for one of its members */
        post: operations["supportdesk.request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/impersonations/{impersonationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of them */
        get: operations["supportdesk.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/impersonations/{impersonationId}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin what was approved: for half an hour, calls with the header Plinth-Impersonate are made for the member */
        post: operations["supportdesk.start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/impersonations/{impersonationId}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a request back, approved or not */
        post: operations["supportdesk.withdraw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/impersonations/{impersonationId}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End it before its time */
        post: operations["supportdesk.end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/prompts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The prompts, each as it is in force */
        get: operations["ai.prompts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/prompts/{key}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenant’s versions of a prompt, newest first */
        get: operations["ai.promptVersions"];
        put?: never;
        /** Put another text in the place of a prompt; it is in force at once */
        post: operations["ai.overridePrompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/prompts/{key}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One version of a prompt, with its text */
        get: operations["ai.promptVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/prompts/{key}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go back to a version, or with null to the platform’s own text */
        post: operations["ai.activatePrompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/prompts/{key}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A prompt as a model would get it, without calling one */
        post: operations["ai.previewPrompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How models write: the tenant’s choice, yours, and what holds */
        get: operations["ai.preferences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Choose for the tenant; what is not named stays, null removes */
        patch: operations["ai.changePreferences"];
        trace?: never;
    };
    "/v1/ai/preferences/own": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Choose for yourself; what is not named stays, null removes */
        patch: operations["ai.changeOwnPreferences"];
        trace?: never;
    };
    "/v1/ai/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The budgets, with what is spent and held of each */
        get: operations["ai.budgets"];
        /** Set a budget; it holds for the next call */
        put: operations["ai.setBudget"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/budgets/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove a budget; the tenant’s own of a month becomes the plan’s again */
        post: operations["ai.removeBudget"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/budgets/increases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grant more than a budget allows, for a while and for a reason */
        post: operations["ai.increaseBudget"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every call of a model, newest first */
        get: operations["ai.calls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/calls/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The calls of a time as CSV, oldest first; cells that a spreadsheet would run are escaped */
        get: operations["ai.exportCalls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/calls/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take over a run log: date, startup, iterations, cost_claude, cost_chatgpt, total_cost */
        post: operations["ai.importCalls"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What AI cost, by whom or what, in days, weeks or months of the tenant’s time zone */
        get: operations["ai.costs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rules that choose models, in the order in which they are asked */
        get: operations["ai.routes"];
        /** Put the tenant’s own rules, all at once and in order; they hold for the next call, within the plan */
        put: operations["ai.setRoutes"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The models that answer your calls, with what they can and what they cost */
        get: operations["ai.models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/count-cost": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a call would cost, and which model it would go to; nothing is reserved and no model called */
        post: operations["ai.countCost"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask a model, and get all of its answer at once */
        post: operations["ai.complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask a model, and get its answer in events while it is made */
        post: operations["ai.stream"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The Messages API of Anthropic: its clients work with our address and an API key */
        post: operations["ai.messages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chat/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The Chat Completions of OpenAI: its clients work with our address and an API key */
        post: operations["ai.chatCompletions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/daily-alert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a day may cost before the owners are told, and what this one has cost */
        get: operations["ai.dailyAlert"];
        /** Set what a day may cost before the owners are told; null goes back to the plan’s own */
        put: operations["ai.setDailyAlert"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/transcripts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Calls whose prompt and answer are kept, newest first, for 30 days. The flag ai_transcripts turns it on */
        get: operations["ai.transcripts"];
        put?: never;
        post?: never;
        /** Forget all prompts and answers of the tenant; 404 where none are kept */
        delete: operations["ai.deleteTranscripts"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ai/transcripts/{callId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was asked and answered in a call; that it was read is audited */
        get: operations["ai.transcript"];
        put?: never;
        post?: never;
        /** Forget what was asked and answered in a call */
        delete: operations["ai.deleteTranscript"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AiPlatformRoute: {
            /**
             * @description Answers and the ledger name the rule by it
             * @example long-prompts
             */
            name: string;
            /**
             * @description A class, or a model by its name
             * @enum {string}
             */
            use: "haiku" | "sonnet" | "opus" | "claude-opus-5-5" | "claude-sonnet-5-5" | "claude-haiku-5-5" | "claude-opus-5" | "claude-haiku-4-5" | "gpt-6.1-sol" | "gpt-6-luna";
            /**
             * @description What is left out does not matter
             * @default {}
             */
            when: {
                task?: ("generate" | "summarise" | "classify" | "extract" | "qa")[];
                feature?: ("chat" | "suggestions" | "content" | "api")[];
                /** @description This attempt at the same task, or a later one */
                iterationFrom?: number;
                /** @description By the upper bound of the prompt */
                promptTokensFrom?: number;
                /** @description Of the budget that has least left */
                budgetLeftPercentUpTo?: number;
                plan?: ("basic" | "pro" | "enterprise")[];
            };
        };
        /** @example 10.50 */
        Dollars: string;
        AiRoute: {
            /**
             * @description Answers and the ledger name the rule by it
             * @example long-prompts
             */
            name: string;
            /**
             * @description A class, or a model by its name
             * @enum {string}
             */
            use: "haiku" | "sonnet" | "opus" | "claude-opus-5-5" | "claude-sonnet-5-5" | "claude-haiku-5-5" | "claude-opus-5" | "claude-haiku-4-5" | "gpt-6.1-sol" | "gpt-6-luna";
            /**
             * @description What is left out does not matter
             * @default {}
             */
            when: {
                task?: ("generate" | "summarise" | "classify" | "extract" | "qa")[];
                feature?: ("chat" | "suggestions" | "content" | "api")[];
                /** @description This attempt at the same task, or a later one */
                iterationFrom?: number;
                /** @description By the upper bound of the prompt */
                promptTokensFrom?: number;
                /** @description Of the budget that has least left */
                budgetLeftPercentUpTo?: number;
            };
            /**
             * @description It holds as well where the caller names a model
             * @default false
             */
            firm: boolean;
        };
        __schema0: string | number | boolean | null | components["schemas"]["__schema0"][] | {
            [key: string]: components["schemas"]["__schema0"];
        };
        Problem: {
            /** @description A URI naming the problem */
            type: string;
            /** @description Stable, machine-readable code */
            code: string;
            title: string;
            status: number;
            detail?: string;
            /** @description Id of the request, to quote to support */
            instance?: string;
            /** @description What is wrong with the input, by field */
            errors?: {
                path: string;
                message: string;
            }[];
            /** @description The limit that was exceeded */
            policy?: string;
        };
        Profile: {
            /** @example usr_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            email: string;
            name: string;
            /** @description What calls without x-tenant-id mean */
            defaultTenantId: string | null;
            /** @description The mobile number that was proved with a one-time code */
            phone: {
                number: string;
                /** Format: date-time */
                verifiedAt: string;
            } | null;
            /** Format: date-time */
            createdAt: string;
            /** @description Support acts for this person: to be shown all the time. Nobody’s number is told to support */
            impersonation: {
                /** @example imp_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
                id: string;
                /**
                 * @description Who really calls
                 * @example usr_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11
                 */
                staffId: string;
                /** @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
                tenantId: string;
                reason: string;
                /** Format: date-time */
                endsAt: string;
            } | null;
        };
        Membership: {
            /** @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            tenantId: string;
            slug: string;
            name: string;
            /** @enum {string} */
            plan: "basic" | "pro" | "enterprise";
            /** @enum {string} */
            region: "us" | "eu" | "uk";
            /** @enum {string} */
            status: "provisioning" | "active" | "suspended" | "deleting" | "deleted";
            /** @enum {string} */
            role: "owner" | "admin" | "operator" | "auditor" | "viewer";
            /** Format: date-time */
            joinedAt: string;
            isDefault: boolean;
        };
        Access: {
            accessToken: string;
            /**
             * Format: date-time
             * @description Renew before; the session may go on
             */
            expiresAt: string;
            /** @example ses_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            sessionId: string;
            /**
             * Format: date-time
             * @description When the session ends in any case
             */
            endsAt: string;
        };
        Session: {
            /** @example ses_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            /** @description The one that asks */
            isCurrent: boolean;
            /** @description Program and system, as they name themselves */
            client: string;
            deviceId: string | null;
            /** @description Where it was last seen */
            ip: string | null;
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            lastSeenAt: string;
            /**
             * Format: date-time
             * @description When it ends without another request
             */
            idleEndsAt: string;
            /**
             * Format: date-time
             * @description When it ends in any case
             */
            endsAt: string;
            /** @description Support acts for the caller there; it ends like any other */
            impersonation: {
                staffName: string;
                reason: string;
                /** @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
                tenantId: string;
            } | null;
        };
        Device: {
            /** @example dev_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            name: string;
            os: string | null;
            appVersion: string | null;
            ip: string | null;
            /** Format: date-time */
            firstSeenAt: string;
            /** Format: date-time */
            lastSeenAt: string;
            /** @description How many are alive */
            sessions: number;
        };
        CreatedTenant: {
            /** @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            slug: string;
            name: string;
            /**
             * @description Residency, pinned at creation
             * @enum {string}
             */
            region: "us" | "eu" | "uk";
            /** @enum {string} */
            plan: "basic" | "pro" | "enterprise";
            /** @enum {string} */
            status: "provisioning" | "active" | "suspended" | "deleting" | "deleted";
            /** @enum {string} */
            isolation: "pool" | "silo";
            domain: string | null;
            /** @description Until then the domain is a claim */
            domainVerifiedAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description An API key with the role admin, this once; null when the call is repeated: rotate it then, under /v1/keys */
            apiKey: string | null;
        };
        Tenant: {
            /** @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            slug: string;
            name: string;
            /**
             * @description Residency, pinned at creation
             * @enum {string}
             */
            region: "us" | "eu" | "uk";
            /** @enum {string} */
            plan: "basic" | "pro" | "enterprise";
            /** @enum {string} */
            status: "provisioning" | "active" | "suspended" | "deleting" | "deleted";
            /** @enum {string} */
            isolation: "pool" | "silo";
            domain: string | null;
            /** @description Until then the domain is a claim */
            domainVerifiedAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        TenantDomain: {
            domain: string;
            verifiedAt: string | null;
            /** @description What the domain’s name servers must answer */
            record: {
                /** @constant */
                type: "TXT";
                name: string;
                value: string;
            };
        };
        TenantSettings: {
            /** @description IANA name; days and months of limits begin there */
            timeZone: string;
            /** @description Values for the tenant’s own modules */
            environment: {
                [key: string]: string;
            };
            /** @description Flags that the tenant has set */
            flags: {
                [key: string]: boolean;
            };
            /** @description The tenant’s own kill switches; true stops */
            switchedOff: {
                [key: string]: boolean;
            };
            updatedAt: string | null;
        };
        Features: {
            /** @enum {string} */
            plan: "basic" | "pro" | "enterprise";
            capabilities: {
                name: string;
                summary: string;
                on: boolean;
                reason: string;
            }[];
            flags: {
                name: string;
                summary: string;
                on: boolean;
                reason: string;
                /** @description By the tenant itself */
                mayBeSet: boolean;
            }[];
        };
        Branding: {
            /** @description Shown in place of the product’s name */
            name: string | null;
            /** @description Of buttons and links; screens make it as dark or light as reading needs */
            color: string | null;
            logo: {
                /** @enum {string} */
                type: "image/png" | "image/jpeg" | "image/webp";
                /** Format: base64 */
                data: string;
                width: number;
                height: number;
            } | null;
        };
        Usage: {
            /** @enum {string} */
            plan: "basic" | "pro" | "enterprise";
            /** @description Days and months begin there */
            timeZone: string;
            meters: {
                /** @description Whether one more is admitted */
                hasAccess: boolean;
                /** @description What is left; null where there is no limit */
                balance: number | null;
                usage: number;
                /** @description What was used beyond the limit, as after a downgrade */
                overage: number;
                /** @description null where there is none */
                limit: number | null;
                /** @enum {string} */
                meter: "api_calls" | "exports" | "workflow_runs" | "messages";
                /** @enum {string} */
                window: "hour" | "day" | "month";
                /** Format: date-time */
                startsAt: string;
                /** Format: date-time */
                resetsAt: string;
            }[];
            /** @description Members and open invitations */
            seats: {
                /** @description Whether one more is admitted */
                hasAccess: boolean;
                /** @description What is left; null where there is no limit */
                balance: number | null;
                usage: number;
                /** @description What was used beyond the limit, as after a downgrade */
                overage: number;
                /** @description null where there is none */
                limit: number | null;
            };
            /** @description What the tenant has stored as files */
            storageBytes: {
                /** @description Whether one more is admitted */
                hasAccess: boolean;
                /** @description What is left; null where there is no limit */
                balance: number | null;
                usage: number;
                /** @description What was used beyond the limit, as after a downgrade */
                overage: number;
                /** @description null where there is none */
                limit: number | null;
            };
        };
        Metrics: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            stepMinutes: number;
            requests: {
                calls: number;
                /** @description Answered with 5xx */
                failed: number;
                /** @description Answered with 429 */
                throttled: number;
                /** @description From counts up to fixed limits: near it, not it */
                p95Ms: number | null;
                /** @description Null where there is nothing to share */
                errorPercent: number | null;
                /** @description Every step, also empty ones */
                points: {
                    /**
                     * Format: date-time
                     * @description Its beginning
                     */
                    at: string;
                    calls: number;
                    /** @description Answered with 5xx */
                    failed: number;
                    /** @description Answered with 429 */
                    throttled: number;
                    /** @description From counts up to fixed limits: near it, not it */
                    p95Ms: number | null;
                }[];
            };
            jobs: {
                attempts: number;
                failed: number;
                /** @description From counts up to fixed limits: near it, not it */
                p95Ms: number | null;
                /** @description Of attempts; a failed one is tried again */
                successPercent: number | null;
                points: {
                    /**
                     * Format: date-time
                     * @description Its beginning
                     */
                    at: string;
                    attempts: number;
                    failed: number;
                    /** @description From counts up to fixed limits: near it, not it */
                    p95Ms: number | null;
                }[];
            };
            /** @description Exports, backups and restores */
            workflows: {
                done: number;
                failed: number;
                /** @description Null where there is nothing to share */
                successPercent: number | null;
            };
            /** @description Events and jobs that are not sent yet */
            waiting: {
                messages: number;
                since: string | null;
            };
        };
        Member: {
            /** @example usr_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            userId: string;
            email: string;
            name: string;
            /** @enum {string} */
            role: "owner" | "admin" | "operator" | "auditor" | "viewer";
            /** Format: date-time */
            joinedAt: string;
        };
        Invitation: {
            /** @example inv_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            email: string;
            /** @enum {string} */
            role: "owner" | "admin" | "operator" | "auditor" | "viewer";
            /** @enum {string} */
            status: "pending" | "accepted" | "withdrawn" | "expired";
            invitedBy: string;
            /** Format: date-time */
            expiresAt: string;
            /** Format: date-time */
            createdAt: string;
        };
        IssuedApiKey: {
            /** @example key_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            name: string;
            /** @enum {string} */
            environment: "live" | "test";
            /**
             * @description The key does what this role may do, and no more
             * @enum {string}
             */
            role: "owner" | "admin" | "operator" | "auditor" | "viewer";
            /** @description What of its role the key may do; null: all of it */
            scopes: ("tenant:read" | "tenant:update" | "settings:read" | "settings:write" | "members:read" | "members:invite" | "members:remove" | "members:change_role" | "keys:read" | "keys:write" | "audit:read" | "support:read" | "support:approve" | "metrics:read" | "backups:read" | "backups:create" | "backups:download" | "restores:read" | "restores:request" | "restores:approve" | "restores:apply" | "exports:read" | "exports:create" | "exports:sensitive" | "ai:use" | "ai:read" | "ai:transcripts" | "ai:manage")[] | null;
            /** @description How the key begins, to recognise it by */
            prefix: string;
            /**
             * @description Addresses and networks that the key works from, such as 203.0.113.0/24; none: from anywhere
             * @example [
             *       "203.0.113.0/24"
             *     ]
             */
            allowedAddresses: string[];
            /** @enum {string} */
            status: "active" | "expired" | "revoked";
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            revokedAt: string | null;
            /** @description To the hour */
            lastUsedAt: string | null;
            /** @description The key that this one was made to replace */
            replaces: string | null;
            /** @description The key itself, this once; null when the call is repeated */
            key: string | null;
        };
        ApiKey: {
            /** @example key_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            name: string;
            /** @enum {string} */
            environment: "live" | "test";
            /**
             * @description The key does what this role may do, and no more
             * @enum {string}
             */
            role: "owner" | "admin" | "operator" | "auditor" | "viewer";
            /** @description What of its role the key may do; null: all of it */
            scopes: ("tenant:read" | "tenant:update" | "settings:read" | "settings:write" | "members:read" | "members:invite" | "members:remove" | "members:change_role" | "keys:read" | "keys:write" | "audit:read" | "support:read" | "support:approve" | "metrics:read" | "backups:read" | "backups:create" | "backups:download" | "restores:read" | "restores:request" | "restores:approve" | "restores:apply" | "exports:read" | "exports:create" | "exports:sensitive" | "ai:use" | "ai:read" | "ai:transcripts" | "ai:manage")[] | null;
            /** @description How the key begins, to recognise it by */
            prefix: string;
            /**
             * @description Addresses and networks that the key works from, such as 203.0.113.0/24; none: from anywhere
             * @example [
             *       "203.0.113.0/24"
             *     ]
             */
            allowedAddresses: string[];
            /** @enum {string} */
            status: "active" | "expired" | "revoked";
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            revokedAt: string | null;
            /** @description To the hour */
            lastUsedAt: string | null;
            /** @description The key that this one was made to replace */
            replaces: string | null;
        };
        KeyVerification: {
            valid: boolean;
            /**
             * @description VALID; NOT_FOUND: no key of this tenant; DISABLED: revoked; EXPIRED; FORBIDDEN: not from this address; INSUFFICIENT_PERMISSIONS: lacks a permission that was asked for
             * @enum {string}
             */
            code: "VALID" | "NOT_FOUND" | "DISABLED" | "EXPIRED" | "FORBIDDEN" | "INSUFFICIENT_PERMISSIONS";
            keyId: string | null;
            environment: ("live" | "test") | null;
            role: ("owner" | "admin" | "operator" | "auditor" | "viewer") | null;
            /** @description What the key may do */
            permissions: ("tenant:read" | "tenant:update" | "settings:read" | "settings:write" | "members:read" | "members:invite" | "members:remove" | "members:change_role" | "keys:read" | "keys:write" | "audit:read" | "support:read" | "support:approve" | "metrics:read" | "backups:read" | "backups:create" | "backups:download" | "restores:read" | "restores:request" | "restores:approve" | "restores:apply" | "exports:read" | "exports:create" | "exports:sensitive" | "ai:use" | "ai:read" | "ai:transcripts" | "ai:manage")[];
            expiresAt: string | null;
        };
        AuditEvent: {
            /** @example aud_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            /** Format: date-time */
            occurredAt: string;
            action: string;
            actor: {
                /** @enum {string} */
                plane: "user" | "tenant" | "platform" | "system";
                /** @enum {string} */
                type: "person" | "api_key" | "system";
                /** @description Absent where a system job acted */
                id: (string) | null;
                /** @description The member for whom it was done, where support did it */
                onBehalfOf: string | null;
                /** @description Under which consent */
                impersonationId: string | null;
            };
            target: {
                type: string;
                id: string;
            } | null;
            context: {
                ip: string | null;
                userAgent: string | null;
                requestId: string;
            };
            reason: string | null;
            before: {
                [key: string]: unknown;
            } | null;
            after: {
                [key: string]: unknown;
            } | null;
        };
        AuditVerification: {
            /** @description Nothing was found wrong on this page */
            verified: boolean;
            /** @description The first link that this page looked at */
            from: number;
            /** @description The last one; less than `from` where there was none */
            to: number;
            /** @description Where the chain ends now; keep it elsewhere, and ask for it later */
            head: {
                sequence: number;
                hash: string;
                /** Format: date-time */
                sealedAt: string;
            } | null;
            /** @description Rows that wait to be sealed, which takes a minute */
            unsealed: number;
            /** @description At most 100 */
            findings: {
                /** @enum {string} */
                kind: "changed" | "erased" | "missing" | "unlinked" | "broken" | "rewritten";
                sequence: number | null;
                eventId: string | null;
            }[];
            /** @description How far the chain stands in the archive, where nobody can change it */
            archived: {
                sequence: number;
                /** Format: date-time */
                at: string;
            } | null;
            /** @description The last check of the whole chain, against the archive as well, which is made every day */
            lastCheck: {
                /** Format: date-time */
                at: string;
                sequence: number;
                findings: number;
            } | null;
            /** @description Absent when the whole chain was looked at */
            nextCursor: string | null;
        };
        SecurityEvent: {
            /** @example sec_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            /** Format: date-time */
            occurredAt: string;
            type: string;
            /** @description What it happened to: a limit, a permission, an id */
            subject: string;
            /** @description Who caused it, where that is known */
            userId: string | null;
            detail: {
                [key: string]: unknown;
            };
            context: {
                ip: string | null;
                userAgent: string | null;
                requestId: string;
            };
        };
        RequestTrace: {
            /** Format: date-time */
            at: string;
            /**
             * @description work: an export, a backup, a restore or a drill that it asked for; message: not sent yet
             * @enum {string}
             */
            kind: "audit" | "security_event" | "ai_call" | "idempotency_key" | "work" | "dead_letter" | "message";
            id: string | null;
            /** @description The action, type, feature or job */
            what: string | null;
            by: {
                type: string;
                id: string;
            } | null;
            /** @description What it was done to, or with */
            about: string | null;
            facts: {
                [key: string]: unknown;
            };
        };
        Report: {
            id: string;
            summary: string;
            /** @description Needs the permission exports:sensitive; kept for a day */
            sensitive: boolean;
            formats: ("csv" | "json" | "pdf" | "parquet")[];
            /** @description JSON Schema of what it can be asked */
            parameters: {
                [key: string]: unknown;
            };
            columns: {
                name: string;
                label: string;
                /** @enum {string} */
                type: "text" | "integer" | "decimal" | "boolean" | "timestamp" | "date" | "id" | "json";
                /** @enum {string} */
                classification: "public" | "internal" | "personal" | "sensitive";
            }[];
        };
        Export: {
            /** @example exp_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            report: string;
            /** @enum {string} */
            format: "csv" | "json" | "pdf" | "parquet";
            parameters: {
                [key: string]: unknown;
            };
            purpose: string;
            sensitive: boolean;
            /** @enum {string} */
            status: "queued" | "running" | "finished" | "failed" | "cancelled" | "expired";
            requestedBy: string;
            /** Format: date-time */
            requestedAt: string;
            fileName: string;
            /** @description Written so far */
            rows: number;
            /** @description Written so far */
            bytes: number;
            /** @description Counted as soon as work has begun */
            estimatedRows: number;
            percent: number;
            /** @description The code of what went wrong */
            error: string | null;
            /** @description The moment whose rows the file holds */
            generatedAt: string | null;
            finishedAt: string | null;
            /** @description When the file is removed */
            expiresAt: string | null;
        };
        ExportDownload: {
            /** @example dwn_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            by: string;
            /** Format: date-time */
            at: string;
            ip: string;
        };
        Backup: {
            /** @example bkp_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            /** @enum {string} */
            kind: "scheduled" | "manual" | "before_restore" | "point_in_time";
            /** @enum {string} */
            status: "queued" | "running" | "done" | "failed" | "expired";
            /** @description Absent where the schedule did */
            requestedBy: (string) | null;
            /** @description The moment whose rows it holds */
            snapshotAt: string | null;
            schemaVersion: number | null;
            bytes: number | null;
            /** @description Of the file */
            sha256: string | null;
            tables: {
                table: string;
                rows: number;
            }[];
            /** @description The code of what went wrong */
            error: string | null;
            /** Format: date-time */
            createdAt: string;
            finishedAt: string | null;
            /**
             * Format: date-time
             * @description When the file is removed
             */
            expiresAt: string;
        };
        Restore: {
            /** @example rst_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            /** @enum {string} */
            status: "requested" | "rejected" | "cancelled" | "expired" | "preparing" | "ready" | "applying" | "applied" | "failed";
            backupId: string | null;
            /** @description Of a restore to a point in time */
            at: string | null;
            reason: string;
            requestedBy: string;
            decidedBy: string | null;
            appliedBy: string | null;
            /** @description The restore that it takes back */
            undoes: string | null;
            /** @description The tenant as it was before it was applied */
            safetyBackupId: string | null;
            /** @description The moment that the tenant returns to */
            snapshotAt: string | null;
            schemaVersion: number | null;
            /** @description What is wrong with the backup */
            findings: {
                check: string;
                table: string | null;
                detail: string;
            }[];
            /** @description The code of what went wrong */
            error: string | null;
            /** Format: date-time */
            createdAt: string;
            decidedAt: string | null;
            preparedAt: string | null;
            appliedAt: string | null;
            /**
             * Format: date-time
             * @description Until when it waits for somebody
             */
            expiresAt: string;
        };
        RestoreWithDifference: {
            /** @example rst_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            /** @enum {string} */
            status: "requested" | "rejected" | "cancelled" | "expired" | "preparing" | "ready" | "applying" | "applied" | "failed";
            backupId: string | null;
            /** @description Of a restore to a point in time */
            at: string | null;
            reason: string;
            requestedBy: string;
            decidedBy: string | null;
            appliedBy: string | null;
            /** @description The restore that it takes back */
            undoes: string | null;
            /** @description The tenant as it was before it was applied */
            safetyBackupId: string | null;
            /** @description The moment that the tenant returns to */
            snapshotAt: string | null;
            schemaVersion: number | null;
            /** @description What is wrong with the backup */
            findings: {
                check: string;
                table: string | null;
                detail: string;
            }[];
            /** @description The code of what went wrong */
            error: string | null;
            /** Format: date-time */
            createdAt: string;
            decidedAt: string | null;
            preparedAt: string | null;
            appliedAt: string | null;
            /**
             * Format: date-time
             * @description Until when it waits for somebody
             */
            expiresAt: string;
            /** @description What applying it would change, as of when it was prepared; the first rows of each table */
            difference: {
                table: string;
                added: number;
                changed: number;
                removed: number;
                columns: string[];
                rows: {
                    /** @enum {string} */
                    change: "added" | "changed" | "removed";
                    key: string[];
                    before: (string | null)[] | null;
                    after: (string | null)[] | null;
                }[];
            }[];
            /** @description Members from whom something was taken since: they have it back only when they are named */
            returning: {
                /** @example usr_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
                userId: string;
                role: string;
                roleNow: string | null;
            }[];
        };
        Drill: {
            /** @example drl_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            /**
             * @description Whose newest backup was restored
             * @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11
             */
            tenantId: string;
            /** @enum {string} */
            status: "queued" | "running" | "passed" | "failed";
            /** @description Absent where the schedule did */
            requestedBy: string | null;
            /** @description From the first byte read until everything was verified */
            rtoSeconds: number | null;
            /** @description How old the backup was: what came later would have been lost */
            rpoSeconds: number | null;
            schemaVersion: number | null;
            tables: number | null;
            rows: number | null;
            bytes: number | null;
            /** @description What was wrong with it */
            findings: string[];
            /** Format: date-time */
            createdAt: string;
            finishedAt: string | null;
        };
        Failover: {
            /** @example fov_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            /** @enum {string} */
            mode: "planned" | "forced";
            fromRegion: string;
            toRegion: string;
            reason: string;
            /** @description As whoever started it was named */
            decidedBy: string;
            /** @description From when the region was gone until the other answered; absent while it does not */
            rtoSeconds: number | null;
            /** @description Of what was committed before, at most this much is missing; absent where nobody knows */
            rpoSeconds: number | null;
            /** Format: date-time */
            startedAt: string;
            finishedAt: string | null;
        };
        PlatformSettings: {
            /** @description true stops it */
            switchedOff: {
                [key: string]: boolean;
            };
            capabilities: {
                [key: string]: boolean;
            };
            flags: {
                [key: string]: boolean;
            };
            /** Format: date-time */
            updatedAt: string;
        };
        TenantOverrides: {
            /** @description Requests a minute, messages a day */
            rates: {
                [key: string]: number;
            };
            /** @description By meter and window */
            usage: {
                [key: string]: {
                    [key: string]: number | "unlimited";
                };
            };
            capabilities: {
                [key: string]: boolean;
            };
            flags: {
                [key: string]: boolean;
            };
            /** @description true stops it */
            switchedOff: {
                [key: string]: boolean;
            };
            updatedAt: string | null;
        };
        PlatformAuditEvent: {
            /** @example aud_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            /** Format: date-time */
            occurredAt: string;
            action: string;
            /** @example usr_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            actorId: string;
            target: {
                type: string;
                id: string;
            } | null;
            context: {
                ip: string | null;
                userAgent: string | null;
                requestId: string;
            };
            reason: string | null;
            before: {
                [key: string]: unknown;
            } | null;
            after: {
                [key: string]: unknown;
            } | null;
        };
        AiPlatformRouteStored: {
            name: string;
            when: {
                plan?: string[];
                task?: string[];
                feature?: string[];
                iterationFrom?: number;
                promptTokensFrom?: number;
                budgetLeftPercentUpTo?: number;
            };
            use: string;
        };
        AiMargin: {
            /** @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            tenantId: string;
            slug: string;
            /**
             * @description Of today; its mark-up holds for the whole month
             * @enum {string}
             */
            plan: "basic" | "pro" | "enterprise";
            calls: number;
            /** @description What providers charge for the tenant’s calls */
            cost: components["schemas"]["Dollars"];
            /** @description The cost and the plan’s mark-up on it */
            charged: components["schemas"]["Dollars"];
            /** @description What is left */
            margin: components["schemas"]["Dollars"];
            markupPercent: number;
        };
        Fleet: {
            /** Format: date-time */
            at: string;
            tenants: {
                /** @description All but those that were deleted */
                total: number;
                byStatus: {
                    /** @enum {string} */
                    status: "provisioning" | "active" | "suspended" | "deleting" | "deleted";
                    tenants: number;
                }[];
                byPlan: {
                    /** @enum {string} */
                    plan: "basic" | "pro" | "enterprise";
                    tenants: number;
                }[];
                byRegion: {
                    /** @enum {string} */
                    region: "us" | "eu" | "uk";
                    tenants: number;
                }[];
                /** @description The last twelve weeks, this one included */
                newByWeek: {
                    /**
                     * Format: date
                     * @description Its Monday
                     */
                    week: string;
                    tenants: number;
                }[];
            };
            provisioning: {
                /** @description What is promised */
                lineMs: number;
                /** @description The latest day of thirty on which tenants were created */
                day: string | null;
                /** @description Of that day */
                p50Ms: number | null;
                /** @description Of that day */
                p95Ms: number | null;
                /** @description Of thirty days */
                slowestMs: number | null;
            };
            api: {
                /** @description Thirty days, without those on which nothing was counted */
                days: {
                    /**
                     * Format: date
                     * @description A day of UTC
                     */
                    day: string;
                    /** @description Answers of the API */
                    calls: number;
                    /** @description Those with 5xx */
                    serverErrors: number;
                    /** @description Without answers that stream */
                    p95Ms: number | null;
                    /** @description Share of the canary’s visits that were answered as they should be */
                    uptimePercent: number | null;
                }[];
                calls: number | null;
                errorPercent: number | null;
                /** @description Of the latest day */
                p95Ms: number | null;
                uptimePercent: number | null;
            };
            /** @description Why the figures of provisioning and API are absent; null where they are not */
            unwatched: string | null;
            /** @description Messages that were put aside and wait for somebody */
            deadLetters: number;
            revenue: {
                /** @description Null: they are not billed yet */
                subscriptions: components["schemas"]["Dollars"] | null;
                month: string;
                ai: {
                    calls: number;
                    cost: components["schemas"]["Dollars"];
                    charged: components["schemas"]["Dollars"];
                    margin: components["schemas"]["Dollars"];
                };
                /** @description The ten tenants whose AI costs most this month */
                dearest: {
                    /** @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
                    tenantId: string;
                    slug: string;
                    cost: components["schemas"]["Dollars"];
                    charged: components["schemas"]["Dollars"];
                    margin: components["schemas"]["Dollars"];
                }[];
            };
            backups: {
                /** @description Tenants that should have one by now */
                due: number;
                /** @description Those of them whose newest is younger than 26 hours */
                covered: number;
                coveredPercent: number | null;
                /** @description Taken in the last seven days */
                done: number;
                /** @description Not taken in the last seven days */
                failed: number;
                successPercent: number | null;
            };
            drills: {
                lastPassedAt: string | null;
                /** @description Of the last rehearsal that passed */
                rtoSeconds: number | null;
                /** @description Of the last rehearsal that passed */
                rpoSeconds: number | null;
                /** @description In ninety days */
                passed: number;
                /** @description In ninety days */
                failed: number;
            };
        };
        PlatformUser: {
            /** @example usr_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            email: string;
            name: string;
            /** Format: date-time */
            createdAt: string;
            /** @description Tenants that they are members of */
            memberships: {
                /** @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
                tenantId: string;
                name: string;
                slug: string;
                /** @enum {string} */
                role: "owner" | "admin" | "operator" | "auditor" | "viewer";
            }[];
        };
        AnyonesSecurityEvent: {
            /** @example sec_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            /** Format: date-time */
            occurredAt: string;
            type: string;
            /** @description What it happened to: a limit, a permission, an id */
            subject: string;
            /** @description Who caused it, where that is known */
            userId: string | null;
            detail: {
                [key: string]: unknown;
            };
            /** @description Address and program are shown of what is for the platform alone; a tenant’s are its own */
            context: {
                ip: string | null;
                userAgent: string | null;
                requestId: string;
            };
            /** @description Absent where it is for the platform alone */
            tenantId: string | null;
        };
        DeadLetter: {
            /** @example dlt_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            /** @description The module whose worker failed on it */
            queue: string;
            /** @description The job; absent where the message cannot be read */
            type: string | null;
            tenantId: string | null;
            messageId: string | null;
            /** @description The request that it goes back to */
            requestId: string | null;
            bytes: number;
            queuedAt: string | null;
            /** Format: date-time */
            putAsideAt: string;
            /** @description How often this message was put aside, this time included */
            timesPutAside: number;
            /** @description Whether it can be sent again: it waits, and can be read */
            replayable: boolean;
            /** @enum {string} */
            status: "waiting" | "replayed" | "discarded";
            decidedBy: string | null;
            decidedAt: string | null;
            reason: string | null;
        };
        DeadLetterQueue: {
            queue: string;
            waiting: number;
            /** Format: date-time */
            oldestAt: string;
        };
        AnyonesRequestTrace: {
            /** Format: date-time */
            at: string;
            /**
             * @description work: an export, a backup, a restore or a drill that it asked for; message: not sent yet
             * @enum {string}
             */
            kind: "audit" | "security_event" | "ai_call" | "idempotency_key" | "work" | "dead_letter" | "message";
            id: string | null;
            /** @description The action, type, feature or job */
            what: string | null;
            by: {
                type: string;
                id: string;
            } | null;
            /** @description What it was done to, or with */
            about: string | null;
            facts: {
                [key: string]: unknown;
            };
            tenantId: string | null;
        };
        VerifiedAddress: {
            /** @enum {string} */
            kind: "phone" | "email";
            address: string;
            /**
             * @description How the code was sent
             * @enum {string}
             */
            channel: "email" | "sms" | "whatsapp";
            /** Format: date-time */
            verifiedAt: string;
        };
        Impersonation: {
            /** @example imp_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            id: string;
            /** @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
            tenantId: string;
            /**
             * @description For whom
             * @example usr_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11
             */
            memberId: string;
            /**
             * @description Who acts
             * @example usr_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11
             */
            staffId: string;
            staffName: string;
            reason: string;
            /**
             * @description Expired: nobody answered, or it was not started in time
             * @enum {string}
             */
            status: "requested" | "approved" | "denied" | "withdrawn" | "expired" | "started" | "ended";
            /**
             * Format: date-time
             * @description Until when it may be approved, and then started
             */
            expiresAt: string;
            decidedBy: string | null;
            decidedAt: string | null;
            startedAt: string | null;
            /** @description When it ends in any case; it is never renewed */
            endsAt: string | null;
            endedAt: string | null;
            /** @description Whoever ended it before its time */
            endedBy: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        Prompt: {
            /**
             * @example content.draft
             * @enum {string}
             */
            key: "chat.assistant" | "content.draft" | "content.summary" | "suggestions.next_steps";
            summary: string;
            /** @enum {string} */
            feature: "chat" | "suggestions" | "content" | "api";
            variables: string[];
            /**
             * @description Whose text is in force
             * @enum {string}
             */
            origin: "platform" | "tenant";
            /** @description Counts for each origin */
            version: number;
            template: string;
        };
        AiPreferences: {
            tenant: {
                tone: ("professional" | "casual") | null;
                length: ("short" | "medium" | "long") | null;
                /** @description The class of model to use, where the plan has it */
                model: ("haiku" | "sonnet" | "opus") | null;
            };
            /** @description Of whoever asks */
            own: {
                tone: ("professional" | "casual") | null;
                length: ("short" | "medium" | "long") | null;
                /** @description The class of model to use, where the plan has it */
                model: ("haiku" | "sonnet" | "opus") | null;
            };
            /** @description Your own, and where you have none the tenant’s */
            inForce: {
                tone: ("professional" | "casual") | null;
                length: ("short" | "medium" | "long") | null;
                /** @description The class of model to use, where the plan has it */
                model: ("haiku" | "sonnet" | "opus") | null;
            };
        };
        AiBudget: {
            /** @enum {string} */
            scope: "tenant" | "user" | "feature" | "api_key";
            /** @description Whom it is for; nobody where it is the tenant’s own */
            subject?: string | ("chat" | "suggestions" | "content" | "api");
            /**
             * @description Days and months of the tenant’s time zone
             * @enum {string}
             */
            window: "day" | "month";
            limit: components["schemas"]["Dollars"];
            /** @description With what was granted on top for now */
            limitNow: components["schemas"]["Dollars"];
            spent: components["schemas"]["Dollars"];
            /** @description Dollars held for calls under way */
            reserved: string;
            /** @enum {string} */
            policy: "block" | "overage";
            /** @description The plan’s own, because the tenant has set none */
            isDefault: boolean;
        };
        AiCall: {
            id: string;
            /** Format: date-time */
            at: string;
            /** @description settled, bounded, failed, expired or imported */
            status: string;
            userId: string | null;
            apiKeyId: string | null;
            feature: string;
            provider: string;
            model: string;
            rule: string;
            inputTokens: number;
            outputTokens: number;
            cacheReadTokens: number;
            cacheWriteTokens: number;
            cost: components["schemas"]["Dollars"];
            latencyMs: number | null;
            overBudget: boolean;
        };
        AiCostLine: {
            key: string;
            /** Format: date */
            starts: string;
            calls: number;
            inputTokens: string;
            outputTokens: string;
            cacheTokens: string;
            cost: components["schemas"]["Dollars"];
            /** @description Against the period before */
            changePercent: number | null;
        };
        AiRouteInForce: {
            /**
             * @description Rules are asked in this order; between the tenant’s firm ones and the others is the caller’s wish
             * @enum {string}
             */
            whose: "platform_for_tenant" | "platform" | "tenant" | "house";
            /** @description As answers and the ledger name it */
            name: string;
            when: {
                plan?: string[];
                task?: string[];
                feature?: string[];
                iterationFrom?: number;
                promptTokensFrom?: number;
                budgetLeftPercentUpTo?: number;
            };
            use: string;
            firm: boolean;
            /** @description False while the plan does not have what the rule chooses */
            applies: boolean;
        };
        AiModel: {
            name: string;
            /** @enum {string} */
            class: "haiku" | "sonnet" | "opus";
            abilities: ("tools" | "images" | "prompt_cache")[];
            /** @description Of a prompt and its answer together */
            contextTokens: number;
            maxOutputTokens: number;
            /** @description A call may name it; other models only answer where a rule says so */
            mayBeNamed: boolean;
            /** @description It answers a short first call that names none, where no rule singles it out */
            byDefault: boolean;
            /** @description Of each provider that has it, first choice first */
            prices: components["schemas"]["ModelPrice"][];
        };
        /** @description Dollars a million tokens */
        ModelPrice: {
            /** @enum {string} */
            provider: "anthropic" | "openai" | "bedrock";
            input: components["schemas"]["Dollars"];
            output: components["schemas"]["Dollars"];
            cacheRead: components["schemas"]["Dollars"];
            cacheWrite5m: components["schemas"]["Dollars"];
            cacheWrite1h: components["schemas"]["Dollars"];
            /** @description What the whole of a longer request costs */
            longContext: {
                /** @description Of the prompt, what is cached included */
                aboveTokens: number;
                input: components["schemas"]["Dollars"];
                output: components["schemas"]["Dollars"];
                cacheRead: components["schemas"]["Dollars"];
                cacheWrite5m: components["schemas"]["Dollars"];
                cacheWrite1h: components["schemas"]["Dollars"];
            } | null;
            /**
             * Format: date
             * @description From when it is known to hold
             */
            since: string;
            source: string;
        };
        AiEstimate: {
            model: string;
            /** @description The rule that chose the model */
            rule: string;
            inputTokens: {
                /** @description Few calls need less */
                from: number;
                /** @description Few calls need more */
                to: number;
                /** @description None needs more */
                most: number;
            };
            outputTokens: {
                /** @description Few calls need less */
                from: number;
                /** @description Few calls need more */
                to: number;
                /** @description None needs more */
                most: number;
            };
            /**
             * @description What the expected answer goes by: your tenant’s latest calls like it, or what the call allows
             * @enum {string}
             */
            outputFrom: "ledger" | "request";
            cost: {
                from: components["schemas"]["Dollars"];
                to: components["schemas"]["Dollars"];
                /** @description Of one attempt at the dearest provider of the model: as much is reserved */
                worst: components["schemas"]["Dollars"];
            };
        };
        AiAnswer: {
            /** @description Of its row in the ledger */
            callId: string;
            model: string;
            /** @description The rule that chose the model */
            rule: string;
            text: string;
            stopReason: string;
            /** @description Tokens; none is counted in another */
            usage: {
                input: number;
                output: number;
                cacheRead: number;
                cacheWrite5m: number;
                cacheWrite1h: number;
            };
            cost: components["schemas"]["Dollars"];
        };
        AnthropicMessage: {
            id: string;
            /** @constant */
            type: "message";
            /** @constant */
            role: "assistant";
            model: string;
            content: ({
                type: string;
            } & {
                [key: string]: unknown;
            })[];
            stop_reason: string | null;
            stop_sequence: string | null;
            usage: {
                input_tokens: number;
                output_tokens: number;
            } & {
                [key: string]: unknown;
            };
        };
        /** @description An error as clients of that protocol know it */
        DialectError: {
            error: {
                type: string;
                message: string;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        OpenAiChatCompletion: {
            id: string;
            /** @constant */
            object: "chat.completion";
            created: number;
            model: string;
            choices: {
                index: number;
                message: {
                    /** @constant */
                    role: "assistant";
                    content: string | null;
                } & {
                    [key: string]: unknown;
                };
                finish_reason: string;
                logprobs: null;
            }[];
            usage: {
                prompt_tokens: number;
                completion_tokens: number;
                total_tokens: number;
            } & {
                [key: string]: unknown;
            };
        };
        AiDailyAlert: {
            threshold: components["schemas"]["Dollars"];
            /** @description The plan’s own, because the tenant has set none */
            isDefault: boolean;
            spentToday: components["schemas"]["Dollars"];
            /** @description Owners are told once a day, whatever becomes of the threshold */
            toldToday: boolean;
        };
        AiTranscriptEntry: {
            /**
             * Format: uuid
             * @description Of its row in the ledger
             */
            callId: string;
            /** Format: date-time */
            at: string;
            userId: string | null;
            apiKeyId: string | null;
            /** @enum {string} */
            feature: "chat" | "suggestions" | "content" | "api";
            model: string;
            /** @description Whether the answer is all that the model said */
            complete: boolean;
            /** Format: date-time */
            keptUntil: string;
        };
        AiTranscript: {
            /**
             * Format: uuid
             * @description Of its row in the ledger
             */
            callId: string;
            /** Format: date-time */
            at: string;
            userId: string | null;
            apiKeyId: string | null;
            /** @enum {string} */
            feature: "chat" | "suggestions" | "content" | "api";
            model: string;
            /** @description Whether the answer is all that the model said */
            complete: boolean;
            /** Format: date-time */
            keptUntil: string;
            prompt: {
                system: string | null;
                messages: {
                    /** @enum {string} */
                    role: "user" | "assistant";
                    content: ({
                        type: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                }[];
                /** @description Names of the tools that the model could call */
                tools: string[];
            };
            answer: {
                content: ({
                    type: string;
                } & {
                    [key: string]: unknown;
                })[];
                /** @description null where the answer broke off */
                stopReason: string | null;
            };
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "health.check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                        checks: {
                            [key: string]: "ok" | "failed";
                        };
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "identity.profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "identity.update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "identity.memberships": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Membership"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "identity.switchTenant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
                    tenantId: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Membership"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "sessions.begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                    /** @description The PKCE verifier whose challenge was sent */
                    codeVerifier: string;
                    redirectUri: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Access"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "sessions.refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Access"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "sessions.end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Where to go next, so that the sign-in pages forget as well */
                        logoutUrl: string;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "sessions.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Session"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "sessions.revokeAll": {
        parameters: {
            query?: {
                keepCurrent?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "sessions.revoke": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "sessions.devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Device"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "sessions.revokeDevice": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deviceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "tenancy.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example acme */
                    slug: string;
                    /** @example Acme Ltd */
                    name: string;
                    /** @enum {string} */
                    region: "us" | "eu" | "uk";
                    /** @enum {string} */
                    plan: "basic" | "pro" | "enterprise";
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedTenant"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "tenancy.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "tenancy.update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example Acme Ltd */
                    name?: string;
                    domain?: string | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "tenancy.domain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDomain"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "tenancy.verifyDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        domain: string;
                        verifiedAt: string | null;
                        /** @description What the domain’s name servers must answer */
                        record: {
                            /** @constant */
                            type: "TXT";
                            name: string;
                            value: string;
                        };
                        /**
                         * @description What the domain’s name servers answered
                         * @enum {string}
                         */
                        found: "record" | "nothing" | "no_answer";
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "settings.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantSettings"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "settings.update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example Asia/Kuwait */
                    timeZone?: string;
                    /** @description At most 50 values, and no secrets */
                    environment?: {
                        [key: string]: string | null;
                    };
                    flags?: {
                        [key: string]: boolean | null;
                    };
                    /** @description true stops it for this tenant */
                    switchedOff?: {
                        [key: string]: boolean;
                    };
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantSettings"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "settings.features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Features"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "settings.branding": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Branding"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "settings.brand": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example Acme Orders */
                    name?: string | null;
                    /** @example #3b6fd4 */
                    color?: string | null;
                    /** @description PNG, JPEG or WebP in base64, of 64 kB and 1024 pixels a side at most */
                    logo?: string | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Branding"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "usage.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "metrics.get": {
        parameters: {
            query?: {
                span?: "1h" | "24h" | "7d";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Metrics"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "members.list": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Member"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "members.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "members.changeRole": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    role: "owner" | "admin" | "operator" | "auditor" | "viewer";
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "members.invitations": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Invitation"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "members.invite": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                    /** @enum {string} */
                    role: "owner" | "admin" | "operator" | "auditor" | "viewer";
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "members.withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invitationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "members.accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Membership"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "keys.list": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ApiKey"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "keys.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example Nightly import */
                    name: string;
                    /**
                     * @default live
                     * @enum {string}
                     */
                    environment?: "live" | "test";
                    /**
                     * @description At most the caller’s own
                     * @enum {string}
                     */
                    role: "owner" | "admin" | "operator" | "auditor" | "viewer";
                    /** @description Some of the role’s permissions; all by default */
                    scopes?: ("tenant:read" | "tenant:update" | "settings:read" | "settings:write" | "members:read" | "members:invite" | "members:remove" | "members:change_role" | "keys:read" | "keys:write" | "audit:read" | "support:read" | "support:approve" | "metrics:read" | "backups:read" | "backups:create" | "backups:download" | "restores:read" | "restores:request" | "restores:approve" | "restores:apply" | "exports:read" | "exports:create" | "exports:sensitive" | "ai:use" | "ai:read" | "ai:transcripts" | "ai:manage")[];
                    /**
                     * @description Addresses and networks that the key works from, such as 203.0.113.0/24; none: from anywhere
                     * @default []
                     * @example [
                     *       "203.0.113.0/24"
                     *     ]
                     */
                    allowedAddresses?: string[];
                    /**
                     * Format: date-time
                     * @description Never by default
                     */
                    expiresAt?: string;
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedApiKey"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "keys.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "keys.revoke": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "keys.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example Nightly import */
                    name?: string;
                    /**
                     * @description Addresses and networks that the key works from, such as 203.0.113.0/24; none: from anywhere
                     * @example [
                     *       "203.0.113.0/24"
                     *     ]
                     */
                    allowedAddresses?: string[];
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "keys.rotate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description How long the old key goes on working
                     * @default 24
                     */
                    overlapHours?: number;
                    /**
                     * Format: date-time
                     * @description Of the new key; as long as the old one was made for by default
                     */
                    expiresAt?: string;
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedApiKey"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "keys.verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    key: string;
                    /** @description What the key shall be able to do */
                    permissions?: ("tenant:read" | "tenant:update" | "settings:read" | "settings:write" | "members:read" | "members:invite" | "members:remove" | "members:change_role" | "keys:read" | "keys:write" | "audit:read" | "support:read" | "support:approve" | "metrics:read" | "backups:read" | "backups:create" | "backups:download" | "restores:read" | "restores:request" | "restores:approve" | "restores:apply" | "exports:read" | "exports:create" | "exports:sensitive" | "ai:use" | "ai:read" | "ai:transcripts" | "ai:manage")[];
                    /** @description Where the key came from */
                    address?: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyVerification"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "audit.list": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
                /** @description Exact action, e.g. member.removed */
                action?: string;
                actorId?: string;
                /** @description What support did under one consent */
                impersonationId?: string;
                targetId?: string;
                /** @description Not before */
                from?: string;
                /** @description Before */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditEvent"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "audit.verify": {
        parameters: {
            query?: {
                /** @description Links a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerification"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "audit.securityEvents": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
                type?: "login" | "login_failed" | "lockout" | "session_revoked" | "refresh_token_reused" | "role_changed" | "permission_denied" | "cross_tenant_attempt" | "limit_exceeded" | "otp_abuse" | "api_key_created" | "api_key_rotated" | "api_key_revoked" | "api_key_refused" | "platform_changed" | "impersonation_started" | "impersonation_ended" | "impersonation_refused" | "sensitive_export" | "backup_downloaded" | "restore_confirmed" | "restore_applied" | "audit_tampered";
                /** @description Exactly */
                subject?: string;
                userId?: string;
                /** @description Not before */
                from?: string;
                /** @description Before */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["SecurityEvent"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "audit.request": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RequestTrace"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "exports.reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Report"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "exports.list": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Export"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "exports.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    report: string;
                    /**
                     * @default csv
                     * @enum {string}
                     */
                    format?: "csv" | "json" | "pdf" | "parquet";
                    /** @default {} */
                    parameters?: {
                        [key: string]: unknown;
                    };
                    /** @description What the file is for; it stands in the audit trail */
                    purpose: string;
                };
            };
        };
        responses: {
            /** @description Success */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "exports.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                exportId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "exports.cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                exportId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "exports.download": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                exportId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Absent in a repeated answer */
                        url: string | null;
                        /** Format: date-time */
                        expiresAt: string;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "exports.downloads": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                exportId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ExportDownload"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "backups.list": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Backup"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "backups.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Backup"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "backups.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                backupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Backup"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "backups.download": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                backupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Absent in a repeated answer */
                        url: string | null;
                        /** @description In hexadecimal digits; absent in a repeated answer */
                        key: string | null;
                        fileName: string;
                        sha256: string;
                        /** Format: date-time */
                        expiresAt: string;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "restore.list": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Restore"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "restore.request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example bkp_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
                    backupId?: string;
                    /**
                     * Format: date-time
                     * @description Any moment that the log of the database reaches: 35 days
                     */
                    at?: string;
                    /** @description Why; it stands in the audit trail */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restore"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "restore.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                restoreId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestoreWithDifference"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "restore.approve": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                restoreId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restore"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "restore.reject": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                restoreId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restore"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "restore.cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                restoreId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restore"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "restore.apply": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                restoreId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The short name of the tenant */
                    confirm: string;
                    /**
                     * @description Who has back what was taken since
                     * @default []
                     */
                    readmit?: string[];
                };
            };
        };
        responses: {
            /** @description Success */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restore"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "restore.undo": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                restoreId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Why; it stands in the audit trail */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restore"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "drills.list": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Drill"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "drills.run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
                    tenantId?: string;
                };
            };
        };
        responses: {
            /** @description Success */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Drill"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "failover.list": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Failover"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.tenants": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
                status?: "provisioning" | "active" | "suspended" | "deleting" | "deleted";
                /** @description Part of the slug or the name */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Tenant"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.tenant": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.suspend": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Why; stands in the audit trail */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Why; stands in the audit trail */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlatformSettings"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.changeSettings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Why; stands in the audit trail */
                    reason: string;
                    /** @description true stops it */
                    switchedOff?: {
                        [key: string]: boolean;
                    };
                    /** @description null: as if nothing had been decided. What production requires is always on */
                    capabilities?: {
                        [key: string]: boolean | null;
                    };
                    flags?: {
                        early_access?: boolean | null;
                        ai_chat?: boolean | null;
                        ai_suggestions?: boolean | null;
                        ai_api?: boolean | null;
                        ai_content?: boolean | null;
                        ai_transcripts?: false | null;
                    };
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlatformSettings"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.changePlan": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    plan: "basic" | "pro" | "enterprise";
                    /** @description Why; stands in the audit trail */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.overrides": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantOverrides"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.changeOverrides": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Why; stands in the audit trail */
                    reason: string;
                    /** @description true stops it */
                    switchedOff?: {
                        [key: string]: boolean;
                    };
                    /** @description null: as if nothing had been decided. What production requires is always on */
                    capabilities?: {
                        [key: string]: boolean | null;
                    };
                    flags?: {
                        early_access?: boolean | null;
                        ai_chat?: boolean | null;
                        ai_suggestions?: boolean | null;
                        ai_api?: boolean | null;
                        ai_content?: boolean | null;
                        ai_transcripts?: false | null;
                    };
                    rates?: {
                        userPerMinute?: number | null;
                        keyPerMinute?: number | null;
                        tenantPerMinute?: number | null;
                        recipientPerDay?: number | null;
                        emailPerDay?: number | null;
                        smsPerDay?: number | null;
                        whatsappPerDay?: number | null;
                    };
                    usage?: {
                        [key: string]: {
                            [key: string]: (number | "unlimited") | null;
                        } | null;
                    };
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantOverrides"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.auditEvents": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
                action?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["PlatformAuditEvent"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.aiRoutes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        rules: components["schemas"]["AiPlatformRouteStored"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.setAiRoutes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @example [
                     *       {
                     *         "name": "long-prompts",
                     *         "when": {
                     *           "promptTokensFrom": 50000
                     *         },
                     *         "use": "haiku"
                     *       }
                     *     ]
                     */
                    rules: components["schemas"]["AiPlatformRoute"][];
                    /** @description Why; stands in the audit trail */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        rules: components["schemas"]["AiPlatformRouteStored"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.tenantAiRoutes": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        rules: components["schemas"]["AiPlatformRouteStored"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.setTenantAiRoutes": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @example [
                     *       {
                     *         "name": "long-prompts",
                     *         "when": {
                     *           "promptTokensFrom": 50000
                     *         },
                     *         "use": "haiku"
                     *       }
                     *     ]
                     */
                    rules: components["schemas"]["AiPlatformRoute"][];
                    /** @description Why; stands in the audit trail */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        rules: components["schemas"]["AiPlatformRouteStored"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.aiMargins": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
                /** @description The one under way where none is named */
                month?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiMargin"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                        month: string;
                        total: {
                            calls: number;
                            /** @description What providers charge for the tenant’s calls */
                            cost: components["schemas"]["Dollars"];
                            /** @description The cost and the plan’s mark-up on it */
                            charged: components["schemas"]["Dollars"];
                            /** @description What is left */
                            margin: components["schemas"]["Dollars"];
                        };
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.fleet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fleet"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "platform.users": {
        parameters: {
            query: {
                /** @description Part of the address or the name, or the id */
                search: string;
                /** @description Why; stands in the audit trail */
                reason: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["PlatformUser"][];
                        /** @description More than 50 fit, and the rest is left out */
                        isCut: boolean;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "investigation.securityEvents": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
                type?: "login" | "login_failed" | "lockout" | "session_revoked" | "refresh_token_reused" | "role_changed" | "permission_denied" | "cross_tenant_attempt" | "limit_exceeded" | "otp_abuse" | "api_key_created" | "api_key_rotated" | "api_key_revoked" | "api_key_refused" | "platform_changed" | "impersonation_started" | "impersonation_ended" | "impersonation_refused" | "sensitive_export" | "backup_downloaded" | "restore_confirmed" | "restore_applied" | "audit_tampered";
                /** @description Exactly */
                subject?: string;
                userId?: string;
                /** @description Not before */
                from?: string;
                /** @description Before */
                to?: string;
                tenantId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AnyonesSecurityEvent"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "investigation.deadLetters": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
                queue?: string;
                status?: "waiting" | "replayed" | "discarded";
                tenantId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["DeadLetter"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                        /** @description Those in which something waits */
                        queues: components["schemas"]["DeadLetterQueue"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "investigation.replayDeadLetters": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                queue: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description These; without any, the oldest 100 that wait */
                    ids?: string[];
                    /** @description Why; stands in the audit trail */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        replayed: number;
                        /** @description How many of the queue wait still */
                        left: number;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "investigation.discardDeadLetters": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                queue: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description These; without any, the oldest 100 that wait */
                    ids?: string[];
                    /** @description Why; stands in the audit trail */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        discarded: number;
                        /** @description How many of the queue wait still */
                        left: number;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "investigation.request": {
        parameters: {
            query: {
                /** @description Why; stands in the audit trail */
                reason: string;
            };
            header?: never;
            path: {
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AnyonesRequestTrace"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "verification.send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    channel: "email" | "sms" | "whatsapp";
                    /** @description An e-mail address, or a mobile number like +447700900123 */
                    address: string;
                };
            };
        };
        responses: {
            /** @description Success */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        channel: "email" | "sms" | "whatsapp";
                        /** @description As it will be kept */
                        address: string;
                        /** @description From when it is sent */
                        validMinutes: number;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "verification.verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                    /** @enum {string} */
                    channel?: "email" | "sms" | "whatsapp";
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerifiedAddress"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "support.list": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Impersonation"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "support.approve": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                impersonationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Impersonation"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "support.deny": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                impersonationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Impersonation"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "support.end": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                impersonationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Impersonation"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "supportdesk.list": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
                tenantId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Impersonation"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "supportdesk.request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
                    tenantId: string;
                    /** @example usr_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11 */
                    memberId: string;
                    /** @description Why; the tenant reads it, and it stands in the trail */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Impersonation"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "supportdesk.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                impersonationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Impersonation"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "supportdesk.start": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                impersonationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Impersonation"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "supportdesk.withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                impersonationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Impersonation"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "supportdesk.end": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                impersonationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Impersonation"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.prompts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Prompt"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.promptVersions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: "chat.assistant" | "content.draft" | "content.summary" | "suggestions.next_steps";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            version: number;
                            note: string | null;
                            author: string;
                            /** Format: date-time */
                            createdAt: string;
                        }[];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.overridePrompt": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: "chat.assistant" | "content.draft" | "content.summary" | "suggestions.next_steps";
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Text with variables in double braces: {{topic}}
                     * @example Write something.
                     */
                    template: string;
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Prompt"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.promptVersion": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: "chat.assistant" | "content.draft" | "content.summary" | "suggestions.next_steps";
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        version: number;
                        note: string | null;
                        author: string;
                        /** Format: date-time */
                        createdAt: string;
                        template: string;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.activatePrompt": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: "chat.assistant" | "content.draft" | "content.summary" | "suggestions.next_steps";
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    activeVersion: number | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Prompt"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.previewPrompt": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: "chat.assistant" | "content.draft" | "content.summary" | "suggestions.next_steps";
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Instead of what is in force
                     * @example Write something.
                     */
                    template?: string;
                    /**
                     * @description tenant is filled in where it is left out
                     * @default {}
                     */
                    variables?: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        system: string;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiPreferences"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.changePreferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    tone?: ("professional" | "casual") | null;
                    length?: ("short" | "medium" | "long") | null;
                    /** @description The class of model to use, where the plan has it */
                    model?: ("haiku" | "sonnet" | "opus") | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiPreferences"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.changeOwnPreferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    tone?: ("professional" | "casual") | null;
                    length?: ("short" | "medium" | "long") | null;
                    /** @description The class of model to use, where the plan has it */
                    model?: ("haiku" | "sonnet" | "opus") | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiPreferences"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiBudget"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.setBudget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    scope: "tenant" | "user" | "feature" | "api_key";
                    /** @description Whom it is for; nobody where it is the tenant’s own */
                    subject?: string | ("chat" | "suggestions" | "content" | "api");
                    /**
                     * @description Days and months of the tenant’s time zone
                     * @enum {string}
                     */
                    window: "day" | "month";
                    limit: components["schemas"]["Dollars"];
                    /**
                     * @default block
                     * @enum {string}
                     */
                    policy?: "block" | "overage";
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiBudget"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.removeBudget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    scope: "tenant" | "user" | "feature" | "api_key";
                    /** @description Whom it is for; nobody where it is the tenant’s own */
                    subject?: string | ("chat" | "suggestions" | "content" | "api");
                    /**
                     * @description Days and months of the tenant’s time zone
                     * @enum {string}
                     */
                    window: "day" | "month";
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiBudget"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.increaseBudget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    scope: "tenant" | "user" | "feature" | "api_key";
                    /** @description Whom it is for; nobody where it is the tenant’s own */
                    subject?: string | ("chat" | "suggestions" | "content" | "api");
                    /**
                     * @description Days and months of the tenant’s time zone
                     * @enum {string}
                     */
                    window: "day" | "month";
                    amount: components["schemas"]["Dollars"];
                    reason: string;
                    /** Format: date-time */
                    expiresAt: string;
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiBudget"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.calls": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiCall"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.exportCalls": {
        parameters: {
            query: {
                from: string;
                until: string;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        csv: string;
                        rows: number;
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.importCalls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    csv: string;
                    /**
                     * @description Tell what would be written, and write nothing
                     * @default true
                     */
                    dryRun?: boolean;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        runs: number;
                        /** @description Rows that were written, or would be; none where the file has a mistake */
                        entries: number;
                        /** @description Rows that were there already */
                        known: number;
                        total: components["schemas"]["Dollars"];
                        problems: {
                            line: number;
                            column: string | null;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.costs": {
        parameters: {
            query: {
                by?: "total" | "feature" | "user" | "model" | "provider" | "api_key";
                period?: "day" | "week" | "month";
                from: string;
                to: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        lines: components["schemas"]["AiCostLine"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiRouteInForce"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.setRoutes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @example [
                     *       {
                     *         "name": "long-prompts",
                     *         "when": {
                     *           "promptTokensFrom": 50000
                     *         },
                     *         "use": "haiku"
                     *       }
                     *     ]
                     */
                    rules: components["schemas"]["AiRoute"][];
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiRouteInForce"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiModel"][];
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.countCost": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    feature: "chat" | "suggestions" | "content" | "api";
                    /**
                     * @default generate
                     * @enum {string}
                     */
                    task?: "generate" | "summarise" | "classify" | "extract" | "qa";
                    /**
                     * @description Which attempt at the same task it is
                     * @default 1
                     */
                    iteration?: number;
                    /** @description Where the plan and the role let you choose */
                    model?: string;
                    /**
                     * @description Whom to ask first, where several have the model
                     * @enum {string}
                     */
                    provider?: "anthropic" | "openai" | "bedrock";
                    prompt?: {
                        /** @enum {string} */
                        key: "chat.assistant" | "content.draft" | "content.summary" | "suggestions.next_steps";
                        /**
                         * @description tenant is filled in where it is left out
                         * @default {}
                         */
                        variables?: {
                            [key: string]: string;
                        };
                    };
                    system?: string;
                    messages: {
                        /** @enum {string} */
                        role: "user" | "assistant";
                        content: string;
                    }[];
                    /** @default 1024 */
                    maxTokens?: number;
                    temperature?: number;
                    stopSequences?: string[];
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiEstimate"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    feature: "chat" | "suggestions" | "content" | "api";
                    /**
                     * @default generate
                     * @enum {string}
                     */
                    task?: "generate" | "summarise" | "classify" | "extract" | "qa";
                    /**
                     * @description Which attempt at the same task it is
                     * @default 1
                     */
                    iteration?: number;
                    /** @description Where the plan and the role let you choose */
                    model?: string;
                    /**
                     * @description Whom to ask first, where several have the model
                     * @enum {string}
                     */
                    provider?: "anthropic" | "openai" | "bedrock";
                    prompt?: {
                        /** @enum {string} */
                        key: "chat.assistant" | "content.draft" | "content.summary" | "suggestions.next_steps";
                        /**
                         * @description tenant is filled in where it is left out
                         * @default {}
                         */
                        variables?: {
                            [key: string]: string;
                        };
                    };
                    system?: string;
                    messages: {
                        /** @enum {string} */
                        role: "user" | "assistant";
                        content: string;
                    }[];
                    /** @default 1024 */
                    maxTokens?: number;
                    temperature?: number;
                    stopSequences?: string[];
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiAnswer"];
                    "text/event-stream": string;
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    feature: "chat" | "suggestions" | "content" | "api";
                    /**
                     * @default generate
                     * @enum {string}
                     */
                    task?: "generate" | "summarise" | "classify" | "extract" | "qa";
                    /**
                     * @description Which attempt at the same task it is
                     * @default 1
                     */
                    iteration?: number;
                    /** @description Where the plan and the role let you choose */
                    model?: string;
                    /**
                     * @description Whom to ask first, where several have the model
                     * @enum {string}
                     */
                    provider?: "anthropic" | "openai" | "bedrock";
                    prompt?: {
                        /** @enum {string} */
                        key: "chat.assistant" | "content.draft" | "content.summary" | "suggestions.next_steps";
                        /**
                         * @description tenant is filled in where it is left out
                         * @default {}
                         */
                        variables?: {
                            [key: string]: string;
                        };
                    };
                    system?: string;
                    messages: {
                        /** @enum {string} */
                        role: "user" | "assistant";
                        content: string;
                    }[];
                    /** @default 1024 */
                    maxTokens?: number;
                    temperature?: number;
                    stopSequences?: string[];
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiAnswer"];
                    "text/event-stream": string;
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example claude-haiku-5-5 */
                    model: string;
                    /** @example 64 */
                    max_tokens: number;
                    messages: {
                        /** @enum {string} */
                        role: "user" | "assistant";
                        content: string | ({
                            /** @constant */
                            type: "text";
                            text: string;
                            cache_control?: {
                                /** @constant */
                                type: "ephemeral";
                                /** @enum {string} */
                                ttl?: "5m" | "1h";
                            };
                        } | {
                            /** @constant */
                            type: "image";
                            source: {
                                /** @constant */
                                type: "base64";
                                /** @enum {string} */
                                media_type: "image/jpeg" | "image/png" | "image/gif" | "image/webp";
                                data: string;
                            };
                            cache_control?: {
                                /** @constant */
                                type: "ephemeral";
                                /** @enum {string} */
                                ttl?: "5m" | "1h";
                            };
                        } | {
                            /** @constant */
                            type: "tool_use";
                            id: string;
                            name: string;
                            input: {
                                [key: string]: components["schemas"]["__schema0"];
                            };
                            cache_control?: {
                                /** @constant */
                                type: "ephemeral";
                                /** @enum {string} */
                                ttl?: "5m" | "1h";
                            };
                        } | {
                            /** @constant */
                            type: "tool_result";
                            tool_use_id: string;
                            content?: string | ({
                                /** @constant */
                                type: "text";
                                text: string;
                                cache_control?: {
                                    /** @constant */
                                    type: "ephemeral";
                                    /** @enum {string} */
                                    ttl?: "5m" | "1h";
                                };
                            } | {
                                /** @constant */
                                type: "image";
                                source: {
                                    /** @constant */
                                    type: "base64";
                                    /** @enum {string} */
                                    media_type: "image/jpeg" | "image/png" | "image/gif" | "image/webp";
                                    data: string;
                                };
                                cache_control?: {
                                    /** @constant */
                                    type: "ephemeral";
                                    /** @enum {string} */
                                    ttl?: "5m" | "1h";
                                };
                            })[];
                            is_error?: boolean;
                            cache_control?: {
                                /** @constant */
                                type: "ephemeral";
                                /** @enum {string} */
                                ttl?: "5m" | "1h";
                            };
                        })[];
                    }[];
                    system?: string | {
                        /** @constant */
                        type: "text";
                        text: string;
                        cache_control?: {
                            /** @constant */
                            type: "ephemeral";
                            /** @enum {string} */
                            ttl?: "5m" | "1h";
                        };
                    }[];
                    stream?: boolean;
                    temperature?: number;
                    top_p?: number;
                    stop_sequences?: string[];
                    tools?: {
                        /** @constant */
                        type?: "custom";
                        name: string;
                        description?: string;
                        input_schema: {
                            [key: string]: components["schemas"]["__schema0"];
                        };
                        cache_control?: {
                            /** @constant */
                            type: "ephemeral";
                            /** @enum {string} */
                            ttl?: "5m" | "1h";
                        };
                    }[];
                    tool_choice?: {
                        /** @enum {string} */
                        type: "auto" | "any";
                        disable_parallel_tool_use?: boolean;
                    } | {
                        /** @constant */
                        type: "tool";
                        name: string;
                        disable_parallel_tool_use?: boolean;
                    } | {
                        /** @constant */
                        type: "none";
                    };
                    metadata?: {
                        user_id?: string | null;
                    };
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnthropicMessage"];
                    "text/event-stream": string;
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.chatCompletions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example claude-haiku-5-5 */
                    model: string;
                    messages: ({
                        /** @enum {string} */
                        role: "system" | "developer";
                        content: string | {
                            /** @constant */
                            type: "text";
                            text: string;
                        }[];
                        name?: string;
                    } | {
                        /** @constant */
                        role: "user";
                        content: string | ({
                            /** @constant */
                            type: "text";
                            text: string;
                        } | {
                            /** @constant */
                            type: "image_url";
                            image_url: {
                                url: string;
                                /** @enum {string} */
                                detail?: "auto" | "low" | "high";
                            };
                        })[];
                        name?: string;
                    } | {
                        /** @constant */
                        role: "assistant";
                        content?: (string | {
                            /** @constant */
                            type: "text";
                            text: string;
                        }[]) | null;
                        tool_calls?: {
                            id: string;
                            /** @constant */
                            type: "function";
                            function: {
                                name: string;
                                arguments: string;
                            };
                        }[];
                        refusal?: null;
                        name?: string;
                    } | {
                        /** @constant */
                        role: "tool";
                        tool_call_id: string;
                        content: string | {
                            /** @constant */
                            type: "text";
                            text: string;
                        }[];
                    })[];
                    /** @example 64 */
                    max_tokens?: number;
                    /** @example 64 */
                    max_completion_tokens?: number;
                    stream?: boolean | null;
                    stream_options?: {
                        include_usage?: boolean;
                    } | null;
                    /** @description As far as all providers understand it */
                    temperature?: number | null;
                    top_p?: number | null;
                    stop?: (string | string[]) | null;
                    n?: 1 | null;
                    user?: string;
                    tools?: {
                        /** @constant */
                        type: "function";
                        function: {
                            name: string;
                            description?: string;
                            parameters?: {
                                [key: string]: components["schemas"]["__schema0"];
                            };
                            strict?: false | null;
                        };
                    }[];
                    tool_choice?: ("none" | "auto" | "required") | {
                        /** @constant */
                        type: "function";
                        function: {
                            name: string;
                        };
                    };
                    parallel_tool_calls?: boolean;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiChatCompletion"];
                    "text/event-stream": string;
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.dailyAlert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiDailyAlert"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.setDailyAlert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    threshold: components["schemas"]["Dollars"] | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiDailyAlert"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.transcripts": {
        parameters: {
            query?: {
                /** @description Rows a page */
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiTranscriptEntry"][];
                        /** @description Absent on the last page */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.deleteTranscripts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deleted: number;
                    };
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.transcript": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                callId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiTranscript"];
                };
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ai.deleteTranscript": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                callId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
