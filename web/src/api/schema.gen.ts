export interface paths {
    "/v1/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The plans */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Plan"][];
                            nextCursor: null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The packages of top-up credits */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Package"][];
                            nextCursor: null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plans/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A plan */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Plan"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        /**
         * Create or change a plan
         * @description Workspaces on it keep their terms until their next billing cycle.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        /** @description The price of a billing cycle; null: on request. */
                        price: {
                            minor: number;
                            currency: string;
                        } | null;
                        monthlyCredits: number;
                        /** @description Whether it allows buying credits and auto-reload. */
                        paid: boolean;
                        /**
                         * @description Left out: finish if the plan is paid, else none.
                         * @enum {string}
                         */
                        overdraft?: "finish" | "none";
                        features: {
                            [key: string]: boolean;
                        };
                        limits: {
                            concurrentCallsMax: number | null;
                            callDurationSecondsMax: number;
                            membersMax: number | null;
                            llmRequestsPerMinute?: number | null;
                            llmTokensPerDay?: number | null;
                        };
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Plan"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/packages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Create or change a package
         * @description Purchases keep the price they were made at.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        credits: number;
                        price: {
                            minor: number;
                            currency: string;
                        };
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Package"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The live balance */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Balance"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ledger, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                    /** @description One or more, separated by commas. */
                    kind?: string | string[];
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Transaction"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Grants, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Grant"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workspaces/{id}/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grant or deduct credits */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        credits?: number;
                        milliseconds?: number;
                        /** @enum {string} */
                        kind: "promotional" | "adjustment";
                        expiresAt?: string | null;
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GrantMade"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workspace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller’s own workspace */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workspace"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the workspace’s settings */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name?: string;
                        /**
                         * @description The name of a time zone.
                         * @example Europe/Berlin
                         */
                        timeZone?: string;
                        /** @description null: the plan’s credits. */
                        monthlyBudgetCredits?: number | null;
                        /** @description The balance is low, and an alert is raised, when it is below this. 0: never. null: a tenth of the monthly credits, but at least 5. */
                        lowBalanceCredits?: number | null;
                        /**
                         * @description What happens to live calls when the balance reaches zero.
                         * @enum {string}
                         */
                        whenCreditsRunOut?: "finish" | "end";
                        /** @description The operator only: whether keys that the workspace makes itself may have the scope calls:report. */
                        mayReportCalls?: boolean;
                        /** @description Whether members need a second factor to act in the workspace. Only an owner who has one may turn this on. */
                        requiresSecondFactor?: boolean;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workspace"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        trace?: never;
    };
    "/v1/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All workspaces, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Workspace"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        /** Create a workspace with its first monthly grant */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        /**
                         * @description The name of a time zone.
                         * @example Europe/Berlin
                         */
                        timeZone: string;
                        planId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workspace"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workspaces/{id}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suspend a workspace
         * @description New calls are refused with workspace_suspended, campaigns pause, and members and keys can read but not change anything.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Why. The people of the workspace read it. */
                        reason: string;
                        /** @description true: order the hang-up of live calls too. Left out: they go on to their end, and are charged. */
                        endCalls?: boolean;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workspace"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workspaces/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a suspended workspace
         * @description Campaigns stay paused until somebody resumes them.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Why. The people of the workspace read it. */
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workspace"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The agents, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                    /** @description disabled: its calls are refused. */
                    status?: "active" | "disabled";
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Agent"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        /** Create an agent */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        /**
                         * @description A language tag (BCP 47).
                         * @example en-US
                         */
                        language: string;
                        phoneNumber?: string | null;
                        llmProvider: string;
                        llmModel: string;
                        voiceEndpoint?: string | null;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Agent"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An agent */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Agent"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        /** Archive an agent. The call history keeps its name */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        options?: never;
        head?: never;
        /** Change an agent */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name?: string;
                        /**
                         * @description A language tag (BCP 47).
                         * @example en-US
                         */
                        language?: string;
                        phoneNumber?: string | null;
                        llmProvider?: string;
                        llmModel?: string;
                        voiceEndpoint?: string | null;
                        /**
                         * @description disabled: its calls are refused.
                         * @enum {string}
                         */
                        status?: "active" | "disabled";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Agent"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        trace?: never;
    };
    "/v1/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Call history, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                    /** @description One or more, separated by commas. */
                    status?: string | string[];
                    agentId?: string;
                    direction?: "inbound" | "outbound" | "web";
                    /** @description First day, in the workspace’s time zone. */
                    from?: string;
                    /** @description Last day, included. A call counts on the day it ended. */
                    to?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Call"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        /**
         * May this call start?
         * @description A refusal is a decision, not an error. A repeat with one externalId gives one call.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @example agt_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
                        agentId: string;
                        /** @enum {string} */
                        direction: "inbound" | "outbound" | "web";
                        /** @description A phone number, SIP address or name. null or empty: none. */
                        from?: string | null;
                        /** @description A phone number, SIP address or name. null or empty: none. */
                        to?: string | null;
                        /** @description The voice stack’s id of the call. A repeat with one externalId gives one call. null or empty: none. */
                        externalId?: string | null;
                        /** @description When it happened by the voice stack’s clock, up to 24 hours ago. Left out: now. */
                        at?: string | null;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Call"];
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Call"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calls/{id}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The conversation starts */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description When it happened by the voice stack’s clock, up to 24 hours ago. Left out: now. */
                        at?: string | null;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Call"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calls/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The call is over
         * @description Charges the conversation, if there was one. Repeats change nothing.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description When it happened by the voice stack’s clock, up to 24 hours ago. Left out: now. */
                        at?: string | null;
                        /** @description Why it ended, as the voice stack says it, such as completed, busy, no_answer or failed. */
                        reason?: string | null;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Call"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calls/{id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The call is still live
         * @description Renews the lease of a call whose voice stack does not reliably report the end. A call that sent heartbeats and then none for 90 seconds is closed at its last one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Heartbeat"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calls/{id}/hang-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Order a hang-up
         * @description Orders the voice stack to hang up, repeatedly until the call is over (202). The call is charged until then. A call that is over already stays as it is (200).
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Call"];
                    };
                };
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Call"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calls/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Many events at once
         * @description NDJSON with one event in each line: {"type": "start" | "answer" | "end", …}. start has the fields of POST /v1/calls. answer and end have those of their routes, and callId or externalId. Lines with start need the scope calls:start as well. The response has one line for each event, in order: {"line", "status", "call"} or {"line", "status", "problem"}.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/x-ndjson": string;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calls/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The receipt of a call */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Receipt"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/test-calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a test call
         * @description A call without a phone that the server itself answers at once. It is charged like any other, and ends after a minute at the latest.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @example agt_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
                        agentId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Call"];
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Call"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/test-calls/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a test call now */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Call"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The saved cards, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["PaymentMethod"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        /**
         * Add a card, which becomes the default
         * @description The sandbox saves the card at once. With Stripe, the response is the address of a page on which the customer types in the card.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description What the card does; sandbox only.
                         * @enum {string}
                         */
                        testCard?: "success" | "decline" | "insufficient_funds" | "requires_action" | "unknown_outcome";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PaymentMethod"] | components["schemas"]["PaymentMethodSetup"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-methods/{id}/default": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Charge this card unless another is named */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PaymentMethod"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-methods/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a card. It is never charged again */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Purchases, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Purchase"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        /**
         * Buy credits
         * @description Charges the card and adds the credits. A request with the Idempotency-Key of an earlier one continues the purchase of the earlier one and returns it in its current state; a declined purchase stays declined. Without a key, an identical order counts as a repeat while the outcome of the first is open.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @example credits_100 */
                        packageId: string;
                        /** @description How many packages. */
                        quantity: number;
                        /** @description The card to charge; if omitted, the default card. */
                        paymentMethodId?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Purchase"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchases/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a purchase that waits for a confirmation with the bank
         * @description A purchase that is over stays as it is. The response shows its current state.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Purchase"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchases/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A purchase with its receipt */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PurchaseDetail"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscription": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The workspace’s plan */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Subscription"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        /**
         * Change the plan
         * @description An upgrade takes effect when it is paid, any other change when the billing cycle ends.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        planId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SubscriptionChanged"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscription/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a change of plan would do */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        planId: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SubscriptionPreview"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auto-reload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Auto-reload as it is now */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AutoReload"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        /**
         * Change the settings of auto-reload
         * @description A threshold above the current balance buys at once: the response says so, and the attempt shows the outcome. Saving also forgives earlier declines.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        enabled: boolean;
                        /**
                         * @description Credits are bought when the balance, live calls included, drops below this.
                         * @example 20
                         */
                        thresholdCredits: number;
                        /** @example credits_100 */
                        packageId: string;
                        /**
                         * @description How many packages one reload buys.
                         * @example 2
                         */
                        quantity: number;
                        /**
                         * @description The most that reloads may cost in a calendar month, at least the price of one; null: no cap.
                         * @example {
                         *       "minor": 24000,
                         *       "currency": "USD"
                         *     }
                         */
                        monthlyCap: {
                            minor: number;
                            currency: string;
                        } | null;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AutoReload"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auto-reload/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Attempts to reload, made or not, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["AutoReloadAttempt"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The campaigns, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                    status?: "draft" | "scheduled" | "running" | "paused" | "completed";
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Campaign"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        /** Create a campaign: a draft, to which contacts are added */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        agentId: string;
                        /**
                         * @description The most calls at the same time.
                         * @default 5
                         */
                        concurrency?: number;
                        /**
                         * @description The most calls begun in any 60 seconds; null: only the concurrency limits them.
                         * @default null
                         */
                        callsPerMinute?: number | null;
                        callingHours?: {
                            /**
                             * @description The name of a time zone.
                             * @example Europe/Berlin
                             */
                            timeZone: string;
                            days: {
                                /** @enum {string} */
                                day: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
                                from: string;
                                to: string;
                            }[];
                        } | null;
                        /**
                         * @description How often, and after which dispositions, a contact is called again.
                         * @default {
                         *       "attemptsMax": 1,
                         *       "afterMinutes": 60,
                         *       "on": []
                         *     }
                         */
                        retries?: {
                            /** @description The most times a contact is called. */
                            attemptsMax: number;
                            afterMinutes: number;
                            on: ("no_answer" | "busy" | "failed" | "voicemail")[];
                        };
                        /**
                         * @default hang_up
                         * @enum {string}
                         */
                        onVoicemail?: "hang_up" | "talk";
                        /**
                         * @description Whether a campaign that paused because credits ran out resumes automatically when they return.
                         * @default false
                         */
                        resumeWhenCreditsReturn?: boolean;
                        defaultCountry?: string | null;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Campaign"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A campaign */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Campaign"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        /** Archive a campaign; the history of its calls stays */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        options?: never;
        head?: never;
        /**
         * Change a campaign, at any time
         * @description Changes apply from the next call.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name?: string;
                        agentId?: string;
                        /** @description The most calls at the same time. */
                        concurrency?: number;
                        /** @description The most calls begun in any 60 seconds; null: only the concurrency limits them. */
                        callsPerMinute?: number | null;
                        callingHours?: {
                            /**
                             * @description The name of a time zone.
                             * @example Europe/Berlin
                             */
                            timeZone: string;
                            days: {
                                /** @enum {string} */
                                day: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
                                from: string;
                                to: string;
                            }[];
                        } | null;
                        /** @description How often, and after which dispositions, a contact is called again. */
                        retries?: {
                            /** @description The most times a contact is called. */
                            attemptsMax: number;
                            afterMinutes: number;
                            on: ("no_answer" | "busy" | "failed" | "voicemail")[];
                        };
                        /** @enum {string} */
                        onVoicemail?: "hang_up" | "talk";
                        /** @description Whether a campaign that paused because credits ran out resumes automatically when they return. */
                        resumeWhenCreditsReturn?: boolean;
                        defaultCountry?: string | null;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Campaign"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        trace?: never;
    };
    "/v1/campaigns/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a campaign, now or later
         * @description It calls within its calling hours only. With startsAt in the future it is scheduled.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description When to start. Now, if left out, null or past. */
                        startsAt?: string | null;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Campaign"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pause a campaign: no further call begins, and live calls continue */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Campaign"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume a paused campaign */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Campaign"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The contacts, in the order in which they were added */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                    state?: "waiting" | "calling" | "reached" | "not_reached";
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Contact"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        /**
         * Add contacts from a CSV file
         * @description A line of headings, then one row per contact: a column "phone", optionally "name", and any others; titles may stand above. Headings are known in many languages. If there are several columns of numbers, the first number of a row that can be called counts. A column "do not call" keeps people from being called. Separated by commas, semicolons, tabs or bars, in any encoding that spreadsheets write; up to 500,000 rows and 100 MB. Bad rows are reported with line and reason, good ones are added.
         */
        post: {
            parameters: {
                query?: {
                    /** @description Two letters: the country of numbers without a country code. Defaults to the campaign’s. */
                    country?: string;
                    /** @description The encoding of the file, such as windows-1252. Defaults to the charset of Content-Type; without one, it is found out. */
                    charset?: string;
                };
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": unknown;
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ContactImport"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/contacts.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The results of all contacts, as a CSV file */
        get: {
            parameters: {
                query?: {
                    state?: "waiting" | "calling" | "reached" | "not_reached";
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The imported files, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["ContactImport"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/imports/{importId}/rejected.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All rejected rows of a file, with line and reason, to be repaired and sent again */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                    importId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alerts, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                    /** @description true: only unread alerts. */
                    unread?: "true" | "false";
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Alert"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mark alerts as read
         * @description For everybody in the workspace. Ids of other workspaces are ignored.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description All, if left out. */
                        ids?: string[];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description How many were unread before. */
                            read: number;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alert-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What you are mailed about */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertSettings"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        /** Choose what you are mailed about */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Kinds that are left out follow your role: owners are mailed, others are not. */
                        mail: {
                            reload_declined?: boolean;
                            reload_failed?: boolean;
                            reload_capped?: boolean;
                            reload_done?: boolean;
                            renewal_failed?: boolean;
                            plan_ended?: boolean;
                            balance_low?: boolean;
                            balance_zero?: boolean;
                            credits_returned?: boolean;
                            campaign_paused?: boolean;
                            campaign_resumed?: boolean;
                            campaign_completed?: boolean;
                            budget_reached?: boolean;
                            webhook_disabled?: boolean;
                        };
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertSettings"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mails and messages to webhooks, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                    alertId?: string;
                    webhookId?: string;
                    channel?: "mail" | "webhook";
                    status?: "pending" | "delivered" | "failed";
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Delivery"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send it again now
         * @description Whether it was delivered or not, with all its tries. A delivery that is being sent is left as it is.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The webhooks, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Webhook"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        /**
         * Create a webhook
         * @description Messages are sent by POST and signed by Standard Webhooks (standardwebhooks.com).
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description Public, and https.
                         * @example https://example.com/talktime
                         */
                        url: string;
                        /** @description null: every kind, including future ones. */
                        kinds?: ("reload_declined" | "reload_failed" | "reload_capped" | "reload_done" | "renewal_failed" | "plan_ended" | "balance_low" | "balance_zero" | "credits_returned" | "campaign_paused" | "campaign_resumed" | "campaign_completed" | "budget_reached" | "webhook_disabled")[] | null;
                        enabled?: boolean;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookWithSecret"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        /** Remove a webhook */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        options?: never;
        head?: never;
        /**
         * Change a webhook
         * @description Switching it off ends its pending deliveries.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description Public, and https.
                         * @example https://example.com/talktime
                         */
                        url?: string;
                        /** @description null: every kind, including future ones. */
                        kinds?: ("reload_declined" | "reload_failed" | "reload_capped" | "reload_done" | "renewal_failed" | "plan_ended" | "balance_low" | "balance_zero" | "credits_returned" | "campaign_paused" | "campaign_resumed" | "campaign_completed" | "budget_reached" | "webhook_disabled")[] | null;
                        enabled?: boolean;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        trace?: never;
    };
    "/v1/webhooks/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the secret that signs messages
         * @description For 24 hours, messages are signed with the previous secret too.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookWithSecret"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test message, once
         * @description Also to a webhook that is switched off. The delivery shows the result.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This month, today, the balance and the budget */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UsageSummary"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage/range": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A window of local days: total, days, agents
         * @description A call counts on the local day on which it ended, as soon as it has ended. Calls without a conversation do not count.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Default: last_30_days. custom is the window of "from" and "to". */
                    preset?: "last_30_days" | "last_3_months" | "last_6_months" | "last_12_months" | "all" | "custom";
                    /** @description First local day of the workspace’s time zone; with "to". */
                    from?: string;
                    /** @description Last local day, included. A call counts on the day it ended. */
                    to?: string;
                    /** @description Only this agent’s calls. */
                    agentId?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UsageRange"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage/export.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The calls of a window, as a CSV file
         * @description The calls that make up the total of this window, in the order in which they ended: duration_ms adds up to the total, to
         *     the millisecond. Instants are in UTC; time_zone is the zone of the window's days. cost and currency say what the credits
         *     cost that the call used, and unpriced_ms how much of it has no known price yet. Costs have four digits more than the
         *     currency. What one line is rounded by is carried over to the next, so the lines add up to the window's cost exactly. A
         *     text that a spreadsheet would take for a formula starts with an apostrophe.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Default: last_30_days. custom is the window of "from" and "to". */
                    preset?: "last_30_days" | "last_3_months" | "last_6_months" | "last_12_months" | "all" | "custom";
                    /** @description First local day of the workspace’s time zone; with "to". */
                    from?: string;
                    /** @description Last local day, included. A call counts on the day it ended. */
                    to?: string;
                    /** @description Only this agent’s calls. */
                    agentId?: string;
                    /** @description Which of your workspaces. For links, which cannot send headers. */
                    workspaceId?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/llm-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The workspace’s own LLM keys, newest first
         * @description Also on plans that do not allow own keys: stored keys are listed, and `reason` says why they are not used.
         */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LlmKeyList"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        /** Store a key. A workspace has at most one per provider */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        provider: "openai" | "anthropic" | "google" | "groq" | "openrouter";
                        /**
                         * Format: password
                         * @description The key. It is stored encrypted and never shown again.
                         */
                        key: string;
                    } | {
                        /** @enum {string} */
                        provider: "azure_openai";
                        /**
                         * Format: password
                         * @description The key. It is stored encrypted and never shown again.
                         */
                        key: string;
                        /**
                         * @description openai_compatible: the address before /chat/completions. azure_openai: the resource’s endpoint. Must be public and use https.
                         * @example https://llm.example.com/v1
                         */
                        baseUrl: string;
                        /** @description For azure_openai: a dated version of its API; null: its v1 API. */
                        apiVersion?: string | null;
                        /**
                         * @description For azure_openai: the deployment names of models that differ from the models’ names.
                         * @example {
                         *       "gpt-5-mini": "reception"
                         *     }
                         */
                        deployments?: {
                            [key: string]: string;
                        };
                    } | {
                        /** @enum {string} */
                        provider: "openai_compatible";
                        /**
                         * Format: password
                         * @description The key. It is stored encrypted and never shown again.
                         */
                        key: string;
                        /**
                         * @description openai_compatible: the address before /chat/completions. azure_openai: the resource’s endpoint. Must be public and use https.
                         * @example https://llm.example.com/v1
                         */
                        baseUrl: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LlmKey"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/llm-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a key, on every plan. Requests then use the platform’s key, if it has one */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        options?: never;
        head?: never;
        /**
         * Replace a key, or change where it is sent
         * @description The id stays the same. A new baseUrl requires the key again.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * Format: password
                         * @description The key. It is stored encrypted and never shown again.
                         */
                        key?: string;
                        /**
                         * @description openai_compatible: the address before /chat/completions. azure_openai: the resource’s endpoint. Must be public and use https.
                         * @example https://llm.example.com/v1
                         */
                        baseUrl?: string;
                        /** @description For azure_openai: a dated version of its API; null: its v1 API. */
                        apiVersion?: string | null;
                        /**
                         * @description For azure_openai: the deployment names of models that differ from the models’ names.
                         * @example {
                         *       "gpt-5-mini": "reception"
                         *     }
                         */
                        deployments?: {
                            [key: string]: string;
                        };
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LlmKey"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        trace?: never;
    };
    "/v1/llm-keys/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Test a key with a request to the provider that costs nothing */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LlmKeyTest"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/llm-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Settings for language models */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LlmSettings"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the settings for language models */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Whether a request is repeated with the platform’s key if the provider refuses the own key (401, 402, 403, 429). Default: false. */
                        fallbackToPlatform?: boolean;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LlmSettings"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        trace?: never;
    };
    "/v1/llm-usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Requests and tokens in a window of local days
         * @description Default: the last 30 days. Days are local days in the time zone that the workspace had when a request began.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The first local day. */
                    from?: string;
                    /** @description The last local day, included. */
                    to?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LlmUsage"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/llm-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Gateway requests, newest first
         * @description Requests are kept for 90 days. Their sums by day stay.
         */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                    agentId?: string;
                    callId?: string;
                    provider?: "openai" | "anthropic" | "google" | "azure_openai" | "groq" | "openrouter" | "openai_compatible";
                    keySource?: "own" | "platform";
                    /** @description true: only requests that failed. */
                    failed?: "true" | "false";
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["LlmRequest"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calls/{id}/llm-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a token that gives access to the gateway for this call
         * @description For the part of a voice stack that must not have a workspace key. The token ends with the call.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LlmCallToken"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        /** Revoke all tokens of this call */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/llm/v1/chat/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask a language model, as in OpenAI’s chat completions
         * @description Send a workspace key and the header Talktime-Call, or a call token. The platform’s key is used in live calls, within the plan’s requests a minute and tokens a day (429 with Retry-After beyond), and for a few tests a day, which name an agent in Talktime-Agent and are marked by Talktime-Test: true. Streams are passed on as they arrive. The response headers Talktime-Llm-Key-Source and Talktime-Llm-Fallback show whose key was used.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            /** @description As in OpenAI’s chat completions. Members that are not listed here are passed on unchanged. */
            requestBody: {
                content: {
                    "application/json": {
                        /** @description A model of the agent’s provider, as the provider names it. "agent", or nothing: the agent’s model. */
                        model?: string;
                        messages: unknown[];
                        stream?: boolean;
                        /** @description For the gateway only. The provider does not get it. */
                        talktime?: {
                            /** @description Instead of the header Talktime-Agent. */
                            agentId?: string;
                            /** @description Instead of the header Talktime-Call. */
                            callId?: string;
                            /** @description Instead of the header Talktime-Llm-Provider. */
                            provider?: string;
                            /** @description A test, outside a call. Instead of the header Talktime-Test: true. */
                            test?: boolean;
                        };
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["OpenAiError"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/llm/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The models of the agent’s provider, as OpenAI lists them */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["OpenAiError"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{id}/llm-test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask an agent’s model a question outside a call
         * @description Uses the key that the agent’s calls use. With the platform’s key it counts as one of the day’s tests.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        message: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LlmModelTest"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-sent events
         * @description Events: balance (the balance line); call (a call as it is now); workspace, agent, purchase, payment_method, subscription, auto_reload, alert and campaign (it changed, with its id where there are several: read it again); reset (events were missed: read everything again); ping. A stream can be resumed with Last-Event-ID for an hour.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Instead of the header, which EventSource cannot send. */
                    workspace?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create an account with a workspace on the Free plan, or join a workspace by invitation
         * @description Where mail is delivered, the answer is 202, whether the address has an account or not: the mail says how to go on.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        /** @example ada@example.com */
                        email: string;
                        /**
                         * Format: password
                         * @description At least 10 characters, and not easy to guess.
                         */
                        password: string;
                        workspaceName?: string;
                        /**
                         * @description The name of a time zone.
                         * @example Europe/Berlin
                         */
                        timeZone?: string;
                        /** @description The token of an invitation’s link. */
                        invitation?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MailSent"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @example ada@example.com */
                        email: string;
                        password: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SecondFactorPending"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-in/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Finish signing in with a second factor */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description The six digits that the authenticator app shows.
                         * @example 492039
                         */
                        code?: string;
                        /** @description An unused recovery code. */
                        recoveryCode?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/email-confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send the mail that confirms an email address again */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @example ada@example.com */
                        email: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MailSent"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/email-confirmations/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm an email address by the link in the mail, and sign in */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description From the link in the mail. */
                        token: string;
                        /** @description Needed where the browser is neither signed in nor the one that signed up. */
                        password?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/password-resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a mail with a link to set a new password
         * @description The link works once, for 30 minutes.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @example ada@example.com */
                        email: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MailSent"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/password-resets/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password by the link in the mail
         * @description Ends all sessions of the account and confirms its email address.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description From the link in the mail. */
                        token: string;
                        /**
                         * Format: password
                         * @description At least 10 characters, and not easy to guess.
                         */
                        password: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your account */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Account"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change your password
         * @description Ends all other sessions of the account.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: password */
                        currentPassword: string;
                        /**
                         * Format: password
                         * @description At least 10 characters, and not easy to guess.
                         */
                        password: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete your account
         * @description Refused while you are the only owner of a workspace.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: password */
                        password: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to turn on the second factor
         * @description It is on once `/v1/account/second-factor/confirm` gets a first code.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: password */
                        password: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SecondFactorEnrollment"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/second-factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Turn on the second factor with a first code
         * @description Ends all other sessions.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @example 492039 */
                        code: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/second-factor/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace the recovery codes */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: password */
                        password: string;
                        /**
                         * @description The six digits that the authenticator app shows.
                         * @example 492039
                         */
                        code?: string;
                        /** @description An unused recovery code. */
                        recoveryCode?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Each replaces a code of the app once. Shown only now: keep them in a safe place. */
                            recoveryCodes: string[];
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/second-factor/turn-off": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turn off the second factor */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: password */
                        password: string;
                        /**
                         * @description The six digits that the authenticator app shows.
                         * @example 492039
                         */
                        code?: string;
                        /** @description An unused recovery code. */
                        recoveryCode?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where you are signed in, the last used first */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["OwnSession"][];
                            nextCursor: null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a session */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/sign-out-everywhere": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End all your sessions, this one included */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the session */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
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
        /**
         * Who is signed in
         * @description Prolongs the session once a day, so that a session in use never ends.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
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
        /** The members in the order in which they joined */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Member"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
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
        /**
         * Remove a member. Members may remove themselves
         * @description API keys that they made are revoked, and their open invitations are withdrawn.
         */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    userId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        options?: never;
        head?: never;
        /**
         * Change a member’s role
         * @description API keys that they made, and their open invitations, go with a role that may no longer make them.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    userId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description owner: may do everything. admin: may do everything except change owners. member: may only read.
                         * @enum {string}
                         */
                        role: "owner" | "admin" | "member";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Member"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        trace?: never;
    };
    "/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Open invitations, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Invitation"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        /** Invite a person for seven days */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @example ada@example.com */
                        email: string;
                        /**
                         * @description owner: may do everything. admin: may do everything except change owners. member: may only read.
                         * @enum {string}
                         */
                        role: "owner" | "admin" | "member";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewInvitation"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw an invitation */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/lookup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an invitation’s link is for */
        get: {
            parameters: {
                query: {
                    token: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            workspaceName: string;
                            email: string;
                            /**
                             * @description owner: may do everything. admin: may do everything except change owners. member: may only read.
                             * @enum {string}
                             */
                            role: "owner" | "admin" | "member";
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
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
        /** Join the inviting workspace as the signed-in user */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
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
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
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
        /**
         * The workspace’s API keys, newest first
         * @description With an operator’s key and no workspace: the operator’s keys.
         */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Key"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        /**
         * Create a key
         * @description A key never has more scopes than the key that makes it, and does not outlive it. The scope calls:report marks the key of a voice stack: only the operator gives it, unless the operator lets the workspace do so. With an operator’s key and no workspace, the key is the operator’s.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For a day, a request with the same key and body is answered with the first response again. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        /** @description What the key may do. Left out: everything that the sender may give. */
                        scopes?: ("read" | "calls:report" | "calls:start" | "campaigns" | "money" | "admin" | "llm")[];
                        /**
                         * Format: date-time
                         * @description From when on the key is refused. Left out: never.
                         */
                        expiresAt?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewKey"];
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a key. It stops working at once */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what, newest first
         * @description Owners, admins and keys with the scope admin read the log of their workspace. The operator reads that of the workspace that is named, or everything if none is. The log is kept as long as the ledger.
         */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most, from 1 to 200. 50 if left out. */
                    limit?: string;
                    /** @description The `nextCursor` of the page before. */
                    cursor?: string;
                    /** @description A user’s or key’s id, or one of user, key, operator, command_line, system. */
                    actor?: string;
                    /** @description An action, or a noun for all actions on it. */
                    action?: string;
                    /** @description The earliest: a local date, such as 2026-11-22, or an instant, such as 2026-11-22T10:00:00Z. */
                    from?: string;
                    /** @description The latest, included: a local date, such as 2026-11-22, or an instant, such as 2026-11-22T10:00:00Z. */
                    to?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["AuditEntry"][];
                            nextCursor: string | null;
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-log.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit log as a CSV file, newest first
         * @description Owners, admins and keys with the scope admin read the log of their workspace. The operator reads that of the workspace that is named, or everything if none is. The log is kept as long as the ledger. before and after are JSON. A text that a spreadsheet would take for a formula starts with an apostrophe.
         */
        get: {
            parameters: {
                query?: {
                    /** @description A user’s or key’s id, or one of user, key, operator, command_line, system. */
                    actor?: string;
                    /** @description An action, or a noun for all actions on it. */
                    action?: string;
                    /** @description The earliest: a local date, such as 2026-11-22, or an instant, such as 2026-11-22T10:00:00Z. */
                    from?: string;
                    /** @description The latest, included: a local date, such as 2026-11-22, or an instant, such as 2026-11-22T10:00:00Z. */
                    to?: string;
                    /** @description Which of your workspaces. For links, which cannot send headers. */
                    workspaceId?: string;
                };
                header?: {
                    /** @description The workspace to act in, for operator keys and for members of several. */
                    "Talktime-Workspace"?: components["parameters"]["Workspace"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process is up */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok";
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The server can do its work */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok";
                        };
                    };
                };
                default: components["responses"]["Problem"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Key: {
            /** @example key_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            name: string;
            /** @description The last four characters of the key. */
            lastFour: string;
            /** @description What the key may do. null: a key from before scopes. It keeps what it could do until it is replaced. */
            scopes: ("read" | "calls:report" | "calls:start" | "campaigns" | "money" | "admin" | "llm")[] | null;
            /** @description Whether it may report answers and ends of calls. */
            voiceStack: boolean;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
            /** @description null: never. */
            expiresAt: string | null;
            /** @description To the minute. */
            lastUsedAt: string | null;
            /** @description The user who created it, or who created the key that created it; null: the operator. */
            createdBy: string | null;
            /**
             * @description How it was created: in the dashboard, with a key of the workspace, or by the operator.
             * @enum {string}
             */
            createdThrough: "dashboard" | "key" | "operator" | "command_line";
        };
        NewKey: {
            /** @example key_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            name: string;
            /** @description The last four characters of the key. */
            lastFour: string;
            /** @description What the key may do. null: a key from before scopes. It keeps what it could do until it is replaced. */
            scopes: ("read" | "calls:report" | "calls:start" | "campaigns" | "money" | "admin" | "llm")[] | null;
            /** @description Whether it may report answers and ends of calls. */
            voiceStack: boolean;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
            /** @description null: never. */
            expiresAt: string | null;
            /** @description To the minute. */
            lastUsedAt: string | null;
            /** @description The user who created it, or who created the key that created it; null: the operator. */
            createdBy: string | null;
            /**
             * @description How it was created: in the dashboard, with a key of the workspace, or by the operator.
             * @enum {string}
             */
            createdThrough: "dashboard" | "key" | "operator" | "command_line";
            /** @description The key itself. It is shown only in this response. */
            key: string;
        };
        /** @description An action: who did what, when, from where, and what it changed. */
        AuditEntry: {
            /** @example aud_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            at: string;
            /** @description null: outside workspaces. */
            workspaceId: string | null;
            /** @description Who acted. system: Talktime on its own. Which key of the operator it was, and from where, only the operator sees. */
            actor: {
                /** @enum {string} */
                kind: "user" | "key" | "operator" | "command_line" | "system";
                id: string | null;
                /** @description As it was at the time. */
                name: string | null;
                email: string | null;
            };
            /** @example key.revoked */
            action: string;
            target: {
                /** @enum {string} */
                kind: "workspace" | "user" | "session" | "member" | "invitation" | "key" | "plan" | "package" | "catalog" | "subscription" | "purchase" | "payment_method" | "auto_reload" | "transaction" | "agent" | "call" | "campaign" | "contact_import" | "alert_settings" | "webhook" | "delivery" | "llm_settings" | "llm_key" | "secrets";
                id: string;
                /** @description As it was at the time. */
                name: string | null;
            };
            /** @description What it was: of two states, the fields that differ. null: there was nothing before. */
            before: unknown;
            /** @description What it is since. null: there is nothing after. */
            after: unknown;
            ip: string | null;
            userAgent: string | null;
        };
        /** @description The account of the person who is signed in. */
        Account: {
            id: string;
            name: string;
            email: string;
            emailConfirmed: boolean;
            secondFactor: {
                enabled: boolean;
                recoveryCodesLeft: number;
                /** @description The names of the workspaces that require a second factor of their members. */
                requiredBy: string[];
            };
        };
        /** @description The signed-in user and their workspaces. */
        Session: {
            user: {
                id: string;
                name: string;
                email: string;
                emailConfirmed: boolean;
                secondFactor: boolean;
            };
            workspaces: {
                id: string;
                name: string;
                /**
                 * @description owner: may do everything. admin: may do everything except change owners. member: may only read.
                 * @enum {string}
                 */
                role: "owner" | "admin" | "member";
                demo: boolean;
                requiresSecondFactor: boolean;
            }[];
        };
        /** @description A mail is sent, if there is reason to. Whether the address has an account is not said. */
        MailSent: {
            /** @constant */
            status: "mail_sent";
            email: string;
        };
        SecondFactorEnrollment: {
            /** @description For the QR code that the authenticator app reads. */
            otpauthUri: string;
            /** @description Each replaces a code of the app once. Shown only now: keep them in a safe place. */
            recoveryCodes: string[];
        };
        /** @description A browser in which you are signed in. */
        OwnSession: {
            id: string;
            /** @description What the browser says it is. */
            userAgent: string;
            /** @description The network address from which the person signed in. */
            address: string;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            signedInAt: string;
            /**
             * Format: date-time
             * @description To the minute.
             * @example 2026-11-22T10:00:00.000Z
             */
            lastSeenAt: string;
            /** @description Whether the request came from this session. */
            current: boolean;
        };
        Invitation: {
            /** @example inv_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            email: string;
            /**
             * @description owner: may do everything. admin: may do everything except change owners. member: may only read.
             * @enum {string}
             */
            role: "owner" | "admin" | "member";
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            expiresAt: string;
        };
        NewInvitation: {
            /** @example inv_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            email: string;
            /**
             * @description owner: may do everything. admin: may do everything except change owners. member: may only read.
             * @enum {string}
             */
            role: "owner" | "admin" | "member";
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            expiresAt: string;
            /** @description The link to send. It is shown only in this response. */
            url: string;
        };
        Member: {
            userId: string;
            name: string;
            email: string;
            /**
             * @description owner: may do everything. admin: may do everything except change owners. member: may only read.
             * @enum {string}
             */
            role: "owner" | "admin" | "member";
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            joinedAt: string;
        };
        /** @description The password was right. Send a code to `/v1/sign-in/second-factor` within ten minutes. */
        SecondFactorPending: {
            /** @constant */
            status: "second_factor_required";
        };
        /**
         * @description An amount of credit.
         * @example {
         *       "milliseconds": 90000,
         *       "credits": 1.5
         *     }
         */
        Amount: {
            /** @description Talk time in milliseconds: exact. */
            milliseconds: number;
            /** @description The amount in credits: 1 credit is 60,000 milliseconds. */
            credits: number;
        };
        /** @description The live balance and its parts. */
        Balance: {
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            asOf: string;
            /** @description Grants less settled usage less what live calls have used by asOf. At a later t it is less by liveCalls · (t − asOf). */
            balance: components["schemas"]["Amount"];
            monthly: {
                remaining: components["schemas"]["Amount"];
                granted: components["schemas"]["Amount"];
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                resetsAt: string;
            };
            topUp: {
                remaining: components["schemas"]["Amount"];
            };
            promotional: {
                remaining: components["schemas"]["Amount"];
            };
            overdraft: components["schemas"]["Amount"];
            liveCalls: number;
            /** @description When the balance reaches zero with the calls that are live now; null where that is not before the next reset. */
            runsOutAt: string | null;
            /** @enum {string} */
            status: "ok" | "low" | "out";
            /** @description Below it the balance is low. */
            lowBelow: components["schemas"]["Amount"];
            /** @description When the balance reached zero; null while it is above. */
            outSince: string | null;
        };
        /** @description Credit that was granted, or deducted by an adjustment. */
        Grant: {
            /** @description Null for a deduction. */
            id: string | null;
            /** @enum {string} */
            kind: "monthly" | "top_up" | "promotional" | "adjustment";
            amount: components["schemas"]["Amount"];
            /** @description Of settled credit: live calls are not deducted. */
            remaining: components["schemas"]["Amount"];
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            grantedAt: string;
            expiresAt: string | null;
            reason: string | null;
        };
        GrantMade: {
            /** @description Null for a deduction. */
            id: string | null;
            /** @enum {string} */
            kind: "monthly" | "top_up" | "promotional" | "adjustment";
            amount: components["schemas"]["Amount"];
            /** @description Of settled credit: live calls are not deducted. */
            remaining: components["schemas"]["Amount"];
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            grantedAt: string;
            expiresAt: string | null;
            reason: string | null;
            transactionId: string;
        };
        /** @description An entry of the ledger. */
        Transaction: {
            id: string;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            at: string;
            /** @enum {string} */
            kind: "call" | "monthly_grant" | "top_up" | "promotional" | "adjustment" | "expiry" | "refund";
            /** @description Negative where it took credit. */
            amount: components["schemas"]["Amount"];
            /** @description The settled balance after it: live calls are not deducted. */
            balanceAfter: components["schemas"]["Amount"];
            callId: string | null;
            grantId: string | null;
            purchaseId: string | null;
            reason: string | null;
        };
        Agent: {
            /** @example agt_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            name: string;
            language: string;
            phoneNumber: string | null;
            llmProvider: string;
            llmModel: string;
            voiceEndpoint: string | null;
            /** @description When a call to its number was last turned away because it has no voiceEndpoint. null: never, or it has one now. */
            unconnectedCallAt: string | null;
            /**
             * @description disabled: its calls are refused.
             * @enum {string}
             */
            status: "active" | "disabled";
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
        };
        /** @description A call. */
        Call: {
            /** @example call_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            /** @enum {string} */
            status: "authorized" | "in_conversation" | "ended" | "refused" | "unanswered" | "failed" | "lost";
            agentId: string;
            agentName: string;
            /** @enum {string} */
            direction: "inbound" | "outbound" | "web";
            from: string | null;
            to: string | null;
            externalId: string | null;
            campaignId: string | null;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            authorizedAt: string;
            answeredAt: string | null;
            endedAt: string | null;
            endReason: string | null;
            /** @description presumed: nobody reported the end, so Talktime closed the call. */
            endSource: ("reported" | "presumed") | null;
            /** @description The hard stop, from the answer on. The voice stack must end the call after this time. On a plan without overdraft it is what the balance pays for, shared among the open calls; it is renewed with the answer and each heartbeat. */
            maxDurationSeconds: number;
            /** @description From answer to end. Null while the call is open. */
            duration: components["schemas"]["Amount"] | null;
            /** @description Charged so far. */
            charged: components["schemas"]["Amount"];
            /** @description Since when the call has a hang-up order: heartbeats are answered with continue: false. The call is charged until it is over. */
            hangUpOrderedAt: string | null;
            hangUpReason: ("out_of_credits" | "by_hand" | "workspace_suspended") | null;
            refusal: {
                /** @enum {string} */
                reason: "out_of_credits" | "concurrency_limit" | "agent_disabled" | "workspace_suspended" | "email_unverified";
                detail: string;
            } | null;
        };
        /** @description A call with what charged it. Payments and unpaid add up to charged. */
        Receipt: {
            /** @example call_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            /** @enum {string} */
            status: "authorized" | "in_conversation" | "ended" | "refused" | "unanswered" | "failed" | "lost";
            agentId: string;
            agentName: string;
            /** @enum {string} */
            direction: "inbound" | "outbound" | "web";
            from: string | null;
            to: string | null;
            externalId: string | null;
            campaignId: string | null;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            authorizedAt: string;
            answeredAt: string | null;
            endedAt: string | null;
            endReason: string | null;
            /** @description presumed: nobody reported the end, so Talktime closed the call. */
            endSource: ("reported" | "presumed") | null;
            /** @description The hard stop, from the answer on. The voice stack must end the call after this time. On a plan without overdraft it is what the balance pays for, shared among the open calls; it is renewed with the answer and each heartbeat. */
            maxDurationSeconds: number;
            /** @description From answer to end. Null while the call is open. */
            duration: components["schemas"]["Amount"] | null;
            /** @description Charged so far. */
            charged: components["schemas"]["Amount"];
            /** @description Since when the call has a hang-up order: heartbeats are answered with continue: false. The call is charged until it is over. */
            hangUpOrderedAt: string | null;
            hangUpReason: ("out_of_credits" | "by_hand" | "workspace_suspended") | null;
            refusal: {
                /** @enum {string} */
                reason: "out_of_credits" | "concurrency_limit" | "agent_disabled" | "workspace_suspended" | "email_unverified";
                detail: string;
            } | null;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            asOf: string;
            timeZone: string;
            payments: {
                grantId: string;
                /** @enum {string} */
                kind: "monthly" | "top_up" | "promotional" | "adjustment";
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                grantedAt: string;
                expiresAt: string | null;
                amount: components["schemas"]["Amount"];
            }[];
            /** @description Charged but not paid by any grant yet: part of the overdraft. */
            unpaid: components["schemas"]["Amount"];
            /** @description Whose word the answer and the end are. null: nobody’s, or not recorded. */
            reportedBy: {
                answer: ("workspace" | "operator" | "carrier") | null;
                end: ("workspace" | "operator" | "carrier") | null;
            };
            /** @description What the operator or a carrier corrected in the reports of the workspace’s key. The charge is what it is now. */
            corrections: {
                /** @enum {string} */
                fact: "answer" | "end";
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                was: string;
                reportedBy: ("workspace" | "operator" | "carrier") | null;
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                is: string;
                correctedBy: ("workspace" | "operator" | "carrier") | null;
                /**
                 * Format: date-time
                 * @description When the correction arrived.
                 * @example 2026-11-22T10:00:00.000Z
                 */
                at: string;
            }[];
            entries: {
                transactionId: string;
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                at: string;
                amount: components["schemas"]["Amount"];
                balanceAfter: components["schemas"]["Amount"];
            }[];
        };
        Heartbeat: {
            /** @description False: hang up. */
            continue: boolean;
            balance: components["schemas"]["Amount"];
            maxDurationSeconds: number;
        };
        /** @description Something that the people of a workspace should know. */
        Alert: {
            /** @example alert_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            /** @enum {string} */
            kind: "reload_declined" | "reload_failed" | "reload_capped" | "reload_done" | "renewal_failed" | "plan_ended" | "balance_low" | "balance_zero" | "credits_returned" | "campaign_paused" | "campaign_resumed" | "campaign_completed" | "budget_reached" | "webhook_disabled";
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            at: string;
            title: string;
            /** @description Sentences that say what happened and what to do. */
            detail: string;
            /**
             * @description The page of the dashboard where it is resolved.
             * @example /billing
             */
            link: string;
            readAt: string | null;
        };
        /** @description An alert on its way to a person or a webhook. */
        Delivery: {
            /** @example dlv_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            /** @description null: a test of the webhook. */
            alertId: string | null;
            alertTitle: string | null;
            /** @enum {string} */
            kind: "reload_declined" | "reload_failed" | "reload_capped" | "reload_done" | "renewal_failed" | "plan_ended" | "balance_low" | "balance_zero" | "credits_returned" | "campaign_paused" | "campaign_resumed" | "campaign_completed" | "budget_reached" | "webhook_disabled" | "webhook_test";
            /** @enum {string} */
            channel: "mail" | "webhook";
            webhookId: string | null;
            /** @description The email address or the URL. */
            target: string;
            /** @enum {string} */
            status: "pending" | "delivered" | "failed";
            tries: number;
            lastTriedAt: string | null;
            /** @description null: never, or a try is in progress. */
            nextTryAt: string | null;
            /** @description What the webhook answered to the last try. */
            responseStatus: number | null;
            /** @description How long the last try took. */
            durationMs: number | null;
            /** @description Why the last try failed, in a sentence. */
            error: string | null;
        };
        Money: {
            /** @description In the currency’s smallest unit, such as cents. */
            minor: number;
            /** @description ISO 4217 */
            currency: string;
        };
        Plan: {
            id: string;
            name: string;
            /** @description The price of a billing cycle; null: on request. */
            price: components["schemas"]["Money"] | null;
            monthlyCredits: components["schemas"]["Amount"];
            /** @description Whether it allows buying credits and auto-reload. */
            paid: boolean;
            /**
             * @description What live calls may do at a balance of zero. finish: they may finish below zero. none: the open calls share the balance, and all are ended when it reaches zero.
             * @enum {string}
             */
            overdraft: "finish" | "none";
            features: {
                [key: string]: boolean;
            };
            limits: {
                concurrentCallsMax: number | null;
                callDurationSecondsMax: number;
                membersMax: number | null;
                /** @description Requests with the platform’s keys for language models. null: no limit. */
                llmRequestsPerMinute: number | null;
                /** @description Tokens of the platform’s keys in a day of UTC. null: no limit. */
                llmTokensPerDay: number | null;
            };
        };
        Package: {
            id: string;
            credits: components["schemas"]["Amount"];
            price: components["schemas"]["Money"];
        };
        AlertSettings: {
            /** @description Whether you are mailed, by kind. */
            mail: {
                reload_declined: boolean;
                reload_failed: boolean;
                reload_capped: boolean;
                reload_done: boolean;
                renewal_failed: boolean;
                plan_ended: boolean;
                balance_low: boolean;
                balance_zero: boolean;
                credits_returned: boolean;
                campaign_paused: boolean;
                campaign_resumed: boolean;
                campaign_completed: boolean;
                budget_reached: boolean;
                webhook_disabled: boolean;
            };
            /** @description Kinds that you cannot switch off while you are an owner. */
            always: ("reload_declined" | "reload_failed" | "reload_capped" | "reload_done" | "renewal_failed" | "plan_ended" | "balance_low" | "balance_zero" | "credits_returned" | "campaign_paused" | "campaign_resumed" | "campaign_completed" | "budget_reached" | "webhook_disabled")[];
        };
        /** @description An address to which alerts are sent, signed by Standard Webhooks. */
        Webhook: {
            /** @example wh_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            url: string;
            /** @description null: every kind. */
            kinds: ("reload_declined" | "reload_failed" | "reload_capped" | "reload_done" | "renewal_failed" | "plan_ended" | "balance_low" | "balance_zero" | "credits_returned" | "campaign_paused" | "campaign_resumed" | "campaign_completed" | "budget_reached" | "webhook_disabled")[] | null;
            enabled: boolean;
            /** @description Why it was switched off automatically, in a sentence; null: it was not. */
            disabledReason: string | null;
            /** @description Until then, the secret before the last rotation signs too. */
            previousSecretUntil: string | null;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
            /** @description The last try. */
            lastDeliveryAt: string | null;
            /** @description The result of the last try. */
            lastStatus: ("delivered" | "failed") | null;
            /** @description The status with which it answered the last try; null: it did not answer. */
            lastResponseStatus: number | null;
        };
        WebhookWithSecret: {
            /** @example wh_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            url: string;
            /** @description null: every kind. */
            kinds: ("reload_declined" | "reload_failed" | "reload_capped" | "reload_done" | "renewal_failed" | "plan_ended" | "balance_low" | "balance_zero" | "credits_returned" | "campaign_paused" | "campaign_resumed" | "campaign_completed" | "budget_reached" | "webhook_disabled")[] | null;
            enabled: boolean;
            /** @description Why it was switched off automatically, in a sentence; null: it was not. */
            disabledReason: string | null;
            /** @description Until then, the secret before the last rotation signs too. */
            previousSecretUntil: string | null;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
            /** @description The last try. */
            lastDeliveryAt: string | null;
            /** @description The result of the last try. */
            lastStatus: ("delivered" | "failed") | null;
            /** @description The status with which it answered the last try; null: it did not answer. */
            lastResponseStatus: number | null;
            /** @description whsec_…: signs the messages. It is shown only this once. */
            secret: string;
        };
        PurchaseReceipt: {
            /** @example R-2026-000123 */
            number: string;
            /** @description A page made for printing. */
            url: string;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            issuedAt: string;
            seller: {
                name: string;
                address: string | null;
                taxId: string | null;
            };
            buyer: {
                name: string;
                email: string | null;
            };
            /** @description The tax that the amount includes. */
            tax: {
                name: string;
                percent: number;
                amount: components["schemas"]["Money"];
            } | null;
        };
        /** @description A payment and what it is for. */
        Purchase: {
            /** @example pur_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            /**
             * @description pending: the outcome is not known yet and will be looked up; requires_action: the customer must confirm with the bank at actionUrl, now or later.
             * @enum {string}
             */
            status: "pending" | "requires_action" | "succeeded" | "failed";
            /** @enum {string} */
            purpose: "top_up" | "plan_change" | "renewal";
            /** @enum {string} */
            origin: "manual" | "auto_reload" | "renewal";
            description: string;
            packageId: string | null;
            quantity: number | null;
            planId: string | null;
            credits: components["schemas"]["Amount"];
            amount: components["schemas"]["Money"];
            paymentMethod: {
                brand: string;
                lastFour: string;
            } | null;
            actionUrl: string | null;
            failure: {
                code: string;
                message: string;
            } | null;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
            settledAt: string | null;
            /** @description The settled balance right after the credits were added. Live calls are not subtracted. */
            balanceAfter: components["schemas"]["Amount"] | null;
            receipt: {
                /** @example R-2026-000123 */
                number: string;
                /** @description A page made for printing. */
                url: string;
            } | null;
        };
        /** @description A payment with its receipt. */
        PurchaseDetail: {
            /** @example pur_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            /**
             * @description pending: the outcome is not known yet and will be looked up; requires_action: the customer must confirm with the bank at actionUrl, now or later.
             * @enum {string}
             */
            status: "pending" | "requires_action" | "succeeded" | "failed";
            /** @enum {string} */
            purpose: "top_up" | "plan_change" | "renewal";
            /** @enum {string} */
            origin: "manual" | "auto_reload" | "renewal";
            description: string;
            packageId: string | null;
            quantity: number | null;
            planId: string | null;
            credits: components["schemas"]["Amount"];
            amount: components["schemas"]["Money"];
            paymentMethod: {
                brand: string;
                lastFour: string;
            } | null;
            actionUrl: string | null;
            failure: {
                code: string;
                message: string;
            } | null;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
            settledAt: string | null;
            /** @description The settled balance right after the credits were added. Live calls are not subtracted. */
            balanceAfter: components["schemas"]["Amount"] | null;
            receipt: components["schemas"]["PurchaseReceipt"] | null;
        };
        /** @description A saved card. */
        PaymentMethod: {
            /** @example pm_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            brand: string;
            lastFour: string;
            expMonth: number;
            expYear: number;
            /** @description Charged unless another card is named. */
            isDefault: boolean;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
            /** @description What the card does; sandbox only. */
            testCard: ("success" | "decline" | "insufficient_funds" | "requires_action" | "unknown_outcome") | null;
        };
        PaymentMethodSetup: {
            /** @description The page on which the customer types in the card. It is saved after that. */
            setupUrl: string;
        };
        /** @description An attempt to reload, made or not. */
        AutoReloadAttempt: {
            /** @example rld_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            at: string;
            /** @enum {string} */
            outcome: "succeeded" | "declined" | "requires_action" | "pending" | "not_made";
            /** @description Why it was made or not: a stateReasonCode, or the code of a decline, such as insufficient_funds. */
            reason: string;
            /** @description The outcome and its reason in a sentence. */
            detail: string;
            /** @description The balance at that moment, live calls included. */
            balance: components["schemas"]["Amount"];
            purchaseId: string | null;
        };
        /** @description Buys credits when the balance drops below a threshold. */
        AutoReload: {
            enabled: boolean;
            thresholdCredits: number;
            packageId: string;
            /** @description How many packages one reload buys. */
            quantity: number;
            /** @description The most that reloads may cost in a calendar month of the workspace; null: no cap. */
            monthlyCap: components["schemas"]["Money"] | null;
            /** @description The price of one reload. */
            price: components["schemas"]["Money"];
            /** @description The credits of one reload. */
            credits: components["schemas"]["Amount"];
            /** @description What reloads cost this month, including those whose outcome is open. */
            spentThisMonth: components["schemas"]["Money"];
            /** @enum {string} */
            state: "off" | "watching" | "buying" | "waiting" | "capped" | "failed" | "plan_required";
            /** @enum {string} */
            stateReasonCode: "plan_required" | "switched_off" | "workspace_suspended" | "purchase_in_flight" | "no_card" | "card_declined" | "confirmation_required" | "above_threshold" | "retry_later" | "hourly_limit_reached" | "monthly_cap_reached" | "below_threshold";
            /** @description The reason for the state in a sentence. */
            stateReason: string;
            /** @description When the state may change although nothing happens. */
            stateUntil: string | null;
            recommendation: {
                thresholdCredits: number;
                /** @description The reason in a sentence. */
                because: string;
            };
            lastAttempt: components["schemas"]["AutoReloadAttempt"] | null;
        };
        /** @description When calls may be made, by weekday and the clock of a time zone. */
        CallingHours: {
            timeZone: string;
            days: {
                /** @enum {string} */
                day: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
                from: string;
                to: string;
            }[];
        };
        /** @description How often, and after which dispositions, a contact is called again. */
        Retries: {
            attemptsMax: number;
            afterMinutes: number;
            on: ("no_answer" | "busy" | "failed" | "voicemail")[];
        };
        Campaign: {
            /** @example camp_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            name: string;
            agentId: string;
            agentName: string;
            /** @enum {string} */
            status: "draft" | "scheduled" | "running" | "paused" | "completed";
            pauseReason: ("out_of_credits" | "by_user" | "agent_disabled" | "plan_required" | "workspace_suspended" | "email_unverified" | "carrier_failing") | null;
            /** @description Why it is paused and how to resume it, in sentences. */
            pauseDetail: string | null;
            pausedAt: string | null;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
            startsAt: string | null;
            startedAt: string | null;
            completedAt: string | null;
            concurrency: number;
            callsPerMinute: number | null;
            /** @description null: at any time. */
            callingHours: components["schemas"]["CallingHours"] | null;
            /** @description Whether its calling hours allow calls now. */
            callingNow: boolean;
            /** @description When the calling hours next begin; null: they are on, or never begin. */
            nextCallingAt: string | null;
            retries: components["schemas"]["Retries"];
            /** @enum {string} */
            onVoicemail: "hang_up" | "talk";
            resumeWhenCreditsReturn: boolean;
            defaultCountry: string | null;
            contacts: {
                total: number;
                waiting: number;
                calling: number;
                reached: number;
                /** @description Not reached in the chosen number of attempts. */
                notReached: number;
            };
            creditsUsed: components["schemas"]["Amount"];
            /** @description An estimate of what the remaining contacts will be charged; null: too few calls are known. */
            creditsToFinish: components["schemas"]["Amount"] | null;
            /** @description What the estimate is based on: the calls of this campaign, or of its agent. */
            creditsToFinishBasis: ("campaign" | "agent") | null;
        };
        Contact: {
            id: string;
            phone: string;
            name: string | null;
            /** @description The other columns of the file. */
            details: {
                [key: string]: string;
            } | null;
            /** @enum {string} */
            state: "waiting" | "calling" | "reached" | "not_reached";
            attempts: number;
            lastOutcome: string | null;
            lastAttemptAt: string | null;
            nextAttemptAt: string | null;
            lastCallId: string | null;
        };
        /** @description An imported file of contacts. */
        ContactImport: {
            id: string;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            at: string;
            rows: number;
            added: number;
            rejected: number;
            /** @description The first 100. All of them are in rejected.csv. */
            rejections: {
                /** @description The line in the file; the first is 1. */
                line: number;
                /** @description What is wrong, and what would be right. */
                reason: string;
                value: string;
            }[];
        };
        /** @description Days, agents and providers each add up to the total. */
        LlmUsage: {
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            asOf: string;
            window: {
                from: string;
                to: string;
                /** @description The workspace’s current time zone. Requests stay on the local day on which they began, even if the time zone changes later. */
                timeZone: string;
            };
            total: {
                requests: number;
                /** @description Requests that failed. A caller that leaves early does not count as a failure. */
                errors: number;
                /** @description Requests for which the platform’s key took over because the provider refused the own key. */
                fallbacks: number;
                /** @description As the providers count them. */
                tokens: {
                    prompt: number;
                    completion: number;
                    total: number;
                };
                /** @description Of these, requests with the workspace’s own keys. */
                own: {
                    requests: number;
                    tokens: {
                        prompt: number;
                        completion: number;
                        total: number;
                    };
                };
                /** @description Of these, requests with the platform’s keys. */
                platform: {
                    requests: number;
                    tokens: {
                        prompt: number;
                        completion: number;
                        total: number;
                    };
                };
            };
            /** @description Days with requests, oldest first. */
            days: {
                date: string;
                requests: number;
                /** @description Requests that failed. A caller that leaves early does not count as a failure. */
                errors: number;
                /** @description Requests for which the platform’s key took over because the provider refused the own key. */
                fallbacks: number;
                /** @description As the providers count them. */
                tokens: {
                    prompt: number;
                    completion: number;
                    total: number;
                };
                /** @description Of these, requests with the workspace’s own keys. */
                own: {
                    requests: number;
                    tokens: {
                        prompt: number;
                        completion: number;
                        total: number;
                    };
                };
                /** @description Of these, requests with the platform’s keys. */
                platform: {
                    requests: number;
                    tokens: {
                        prompt: number;
                        completion: number;
                        total: number;
                    };
                };
            }[];
            /** @description Most requests first. */
            agents: {
                agentId: string;
                name: string;
                requests: number;
                /** @description Requests that failed. A caller that leaves early does not count as a failure. */
                errors: number;
                /** @description Requests for which the platform’s key took over because the provider refused the own key. */
                fallbacks: number;
                /** @description As the providers count them. */
                tokens: {
                    prompt: number;
                    completion: number;
                    total: number;
                };
                /** @description Of these, requests with the workspace’s own keys. */
                own: {
                    requests: number;
                    tokens: {
                        prompt: number;
                        completion: number;
                        total: number;
                    };
                };
                /** @description Of these, requests with the platform’s keys. */
                platform: {
                    requests: number;
                    tokens: {
                        prompt: number;
                        completion: number;
                        total: number;
                    };
                };
            }[];
            providers: {
                /** @enum {string} */
                provider: "openai" | "anthropic" | "google" | "azure_openai" | "groq" | "openrouter" | "openai_compatible";
                requests: number;
                /** @description Requests that failed. A caller that leaves early does not count as a failure. */
                errors: number;
                /** @description Requests for which the platform’s key took over because the provider refused the own key. */
                fallbacks: number;
                /** @description As the providers count them. */
                tokens: {
                    prompt: number;
                    completion: number;
                    total: number;
                };
                /** @description Of these, requests with the workspace’s own keys. */
                own: {
                    requests: number;
                    tokens: {
                        prompt: number;
                        completion: number;
                        total: number;
                    };
                };
                /** @description Of these, requests with the platform’s keys. */
                platform: {
                    requests: number;
                    tokens: {
                        prompt: number;
                        completion: number;
                        total: number;
                    };
                };
            }[];
        };
        /** @description A gateway request, without its content. */
        LlmRequest: {
            /** @example llm_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            at: string;
            /** @description null: the request is running. */
            endedAt: string | null;
            agentId: string;
            agentName: string;
            callId: string | null;
            /** @enum {string} */
            provider: "openai" | "anthropic" | "google" | "azure_openai" | "groq" | "openrouter" | "openai_compatible";
            /** @description As the request named it. */
            model: string;
            /**
             * @description Whose key was used.
             * @enum {string}
             */
            keySource: "own" | "platform";
            /** @description The provider refused the own key, and the platform’s key took over. */
            fallback: boolean;
            /** @description With fallback: the status with which the provider refused the own key. */
            ownKeyStatus: number | null;
            streamed: boolean;
            /** @description The status sent to the caller. null: it left before. */
            status: number | null;
            /** @description null: the request succeeded or is running. */
            error: ("key_refused" | "rate_limited" | "request_refused" | "provider_failed" | "address_refused" | "unreachable" | "timeout" | "cut_off" | "caller_gone" | "server_stopped") | null;
            /** @description null: the provider did not say. */
            tokens: {
                prompt: number | null;
                completion: number | null;
                total: number | null;
            };
            /** @description From the request to the first byte of the answer. */
            firstByteMilliseconds: number | null;
            totalMilliseconds: number | null;
        };
        LlmModelTest: {
            /** @enum {string} */
            provider: "openai" | "anthropic" | "google" | "azure_openai" | "groq" | "openrouter" | "openai_compatible";
            model: string;
            /** @enum {string} */
            keySource: "own" | "platform";
            /** @description What the model said. null: it failed. */
            answer: string | null;
            /** @description The result in a sentence. */
            detail: string;
            /** @description The status that the provider answered; null: none. */
            status: number | null;
            tokens: {
                prompt: number | null;
                completion: number | null;
                total: number | null;
            };
            totalMilliseconds: number;
        };
        /** @description An own key for a language model provider, without the key itself. */
        LlmKey: {
            /** @example lkey_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            /** @enum {string} */
            provider: "openai" | "anthropic" | "google" | "azure_openai" | "groq" | "openrouter" | "openai_compatible";
            /** @example OpenAI */
            providerName: string;
            /** @description The last four characters of the key. */
            lastFour: string;
            baseUrl: string | null;
            apiVersion: string | null;
            deployments: {
                [key: string]: string;
            };
            /**
             * @description failing: the provider refused it last time, or it can no longer be decrypted. unused_plan: it is stored, but the plan does not allow own keys.
             * @enum {string}
             */
            state: "active" | "failing" | "unused_plan";
            /** @description Why it is not active, in a sentence. */
            stateReason: string | null;
            /** @description How the provider last refused it. null: it accepted the key since. */
            failure: {
                status: number;
                code: string | null;
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                at: string;
            } | null;
            /** @description To the minute. */
            lastUsedAt: string | null;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
            /** @description When the key was last replaced. */
            replacedAt: string | null;
        };
        LlmKeyList: {
            data: components["schemas"]["LlmKey"][];
            nextCursor: string | null;
            /** @description Whether the plan allows own keys. */
            available: boolean;
            /** @description Why it does not, in a sentence. */
            reason: string | null;
        };
        LlmKeyTest: {
            /** @enum {string} */
            outcome: "accepted" | "refused" | "unclear" | "unreachable";
            /** @description The result in a sentence. */
            detail: string;
            /** @description The status that the provider answered; null: none. */
            status: number | null;
            key: components["schemas"]["LlmKey"];
        };
        LlmSettings: {
            /** @description Whether a request is repeated with the platform’s key if the provider refuses the own key (401, 402, 403, 429). Default: false. */
            fallbackToPlatform: boolean;
            ownKeysAvailable: boolean;
            /** @description Why own keys are not available, in a sentence. */
            reason: string | null;
            /** @description The providers for which the platform has keys. */
            platformProviders: ("openai" | "anthropic" | "google" | "azure_openai" | "groq" | "openrouter" | "openai_compatible")[];
            /** @description The models for which the platform’s keys pay. A star at the end matches anything. */
            platformModels: string[];
            /** @description What the plan lets the workspace use of the platform’s keys, and what it has used. null: no limit. */
            platformQuota: {
                requestsPerMinute: number | null;
                tokensPerDay: number | null;
                testsPerDay: number;
                requestsThisMinute: number;
                /** @description Used by requests that are over, and reserved for those in progress. */
                tokensToday: number;
                testsToday: number;
                /**
                 * Format: date-time
                 * @description Midnight UTC.
                 * @example 2026-11-22T10:00:00.000Z
                 */
                dayEndsAt: string;
            };
        };
        LlmCallToken: {
            /** @description For the gateway and this call only. It is shown only in this response. */
            token: string;
            /**
             * Format: date-time
             * @description The latest end. The token ends with its call.
             * @example 2026-11-22T10:00:00.000Z
             */
            expiresAt: string;
        };
        /** @description The usage of a window of local days, by day and agent. */
        UsageRange: {
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            asOf: string;
            window: {
                /** @enum {string} */
                preset: "last_30_days" | "last_3_months" | "last_6_months" | "last_12_months" | "all" | "custom";
                /**
                 * Format: date
                 * @example 2026-11-22
                 */
                from: string;
                /**
                 * Format: date
                 * @description Included.
                 * @example 2026-11-22
                 */
                to: string;
                timeZone: string;
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                startsAt: string;
                /**
                 * Format: date-time
                 * @description Not included: the end of the last day.
                 * @example 2026-11-22T10:00:00.000Z
                 */
                endsAt: string;
            };
            /** @description The agent of the query; null: all agents. */
            agentId: string | null;
            total: components["schemas"]["Amount"];
            /** @description Calls whose conversation has ended. */
            calls: number;
            /** @description Each local day of the window. They add up to total. */
            days: {
                /**
                 * Format: date
                 * @example 2026-11-22
                 */
                date: string;
                total: components["schemas"]["Amount"];
                /** @description Calls whose conversation has ended. */
                calls: number;
            }[];
            /** @description Each agent, the highest first. They add up to total. */
            agents: {
                agentId: string;
                name: string;
                archived: boolean;
                total: components["schemas"]["Amount"];
                /** @description Calls whose conversation has ended. */
                calls: number;
            }[];
            /** @description The days in at most 370 buckets. Weeks begin on Monday. */
            chart: {
                /** @enum {string} */
                unit: "day" | "week" | "month";
                buckets: {
                    /**
                     * Format: date
                     * @example 2026-11-22
                     */
                    from: string;
                    /**
                     * Format: date
                     * @description Included.
                     * @example 2026-11-22
                     */
                    to: string;
                    total: components["schemas"]["Amount"];
                    /** @description Calls whose conversation has ended. */
                    calls: number;
                }[];
            };
            /** @description The window of as many days right before this one; null for the preset all. */
            previous: {
                /**
                 * Format: date
                 * @example 2026-11-22
                 */
                from: string;
                /**
                 * Format: date
                 * @description Included.
                 * @example 2026-11-22
                 */
                to: string;
                total: components["schemas"]["Amount"];
                /** @description Calls whose conversation has ended. */
                calls: number;
            } | null;
            /** @description Monthly credits at the price of the plan, top-ups at the price that was paid, in the order in which they were drawn. The four amounts of credit add up to total. */
            cost: {
                /** @description What the used credits cost, as far as they were bought: one amount for each currency. */
                amounts: components["schemas"]["Money"][];
                bought: components["schemas"]["Amount"];
                /** @description Of the Free plan, promotional credits and adjustments. */
                free: components["schemas"]["Amount"];
                /** @description Paid by credits without a known price: plans on request. */
                unknown: components["schemas"]["Amount"];
                /** @description The overdraft. The credits that pay it later give it their price. */
                unpaid: components["schemas"]["Amount"];
            };
            /** @description When the last call that counts ended, in the window or not; null: no call counts. */
            lastUsedAt: string | null;
            /** @description The number of calls in the export of this window. */
            exportRows: number;
        };
        /** @description Usage of this month and today, and the budget. */
        UsageSummary: {
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            asOf: string;
            timeZone: string;
            /** @description This calendar month. Calls count when they have ended. */
            monthly: {
                /** @description Talk time in milliseconds: exact. */
                milliseconds: number;
                /** @description The amount in credits: 1 credit is 60,000 milliseconds. */
                credits: number;
                /** @description Calls whose conversation has ended. */
                calls: number;
                /**
                 * Format: date
                 * @example 2026-11-22
                 */
                from: string;
                /**
                 * Format: date
                 * @description Included.
                 * @example 2026-11-22
                 */
                to: string;
            };
            /** @description Today. */
            daily: {
                /** @description Talk time in milliseconds: exact. */
                milliseconds: number;
                /** @description The amount in credits: 1 credit is 60,000 milliseconds. */
                credits: number;
                /** @description Calls whose conversation has ended. */
                calls: number;
                /**
                 * Format: date
                 * @example 2026-11-22
                 */
                date: string;
            };
            /** @description The live balance, as in /v1/balance. */
            balance: components["schemas"]["Amount"];
            liveCalls: number;
            budget: {
                credits: number;
                milliseconds: number;
                /**
                 * @description plan: no budget is set, so it is the monthly credits of the plan.
                 * @enum {string}
                 */
                source: "workspace" | "plan";
                /** @description How much of the budget this month has used, with two decimals; null for a budget of zero. */
                percent: number | null;
            };
            lastUsedAt: string | null;
        };
        /** @description The plan of a workspace, and what happens when its cycle ends. */
        Subscription: {
            planId: string;
            planName: string;
            /** @description The plan that begins when the cycle ends; null: the plan stays. */
            pendingPlanId: string | null;
            cycle: {
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                startsAt: string;
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                endsAt: string;
            };
            /** @description What will be charged to the default card, and when; null: nothing. */
            renewal: {
                amount: components["schemas"]["Money"];
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                at: string;
            } | null;
            /**
             * @description past_due: the renewal is not paid; invoiced: the operator collects the money elsewhere.
             * @enum {string}
             */
            status: "active" | "past_due" | "invoiced";
            pastDue: {
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                since: string;
                nextTryAt: string | null;
                /**
                 * Format: date-time
                 * @description When the plan ends if nothing is paid.
                 * @example 2026-11-22T10:00:00.000Z
                 */
                endsAt: string;
            } | null;
        };
        /** @description What a change of plan would do. */
        SubscriptionPreview: {
            /**
             * @description upgrade: at once; downgrade: when the cycle ends; keep: a chosen downgrade is undone.
             * @enum {string}
             */
            change: "none" | "upgrade" | "downgrade" | "keep";
            from: string;
            to: string;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            effectiveAt: string;
            /** @description Charged now. */
            charge: components["schemas"]["Money"];
            /** @description Granted now, for the rest of the cycle. */
            credits: components["schemas"]["Amount"];
            renewal: {
                amount: components["schemas"]["Money"];
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                at: string;
            } | null;
            allowed: boolean;
            /** @description Why it is not allowed. */
            reason: string | null;
        };
        SubscriptionChanged: {
            /** @enum {string} */
            change: "none" | "upgrade" | "downgrade" | "keep";
            purchase: components["schemas"]["Purchase"] | null;
            subscription: components["schemas"]["Subscription"];
        };
        Workspace: {
            /** @example ws_0199c3a87e4d7aa1b1f3a06a5a0f7b1c */
            id: string;
            name: string;
            timeZone: string;
            planId: string;
            /** @description The plan as it was when the billing cycle began. */
            plan: {
                id: string;
                name: string;
                paid: boolean;
                /**
                 * @description What live calls may do at a balance of zero. finish: they may finish below zero. none: the open calls share the balance, and all are ended when it reaches zero.
                 * @enum {string}
                 */
                overdraft: "finish" | "none";
                features: {
                    [key: string]: boolean;
                };
                limits: {
                    concurrentCallsMax: number | null;
                    callDurationSecondsMax: number;
                    membersMax: number | null;
                    /** @description Requests with the platform’s keys for language models. null: no limit. */
                    llmRequestsPerMinute: number | null;
                    /** @description Tokens of the platform’s keys in a day of UTC. null: no limit. */
                    llmTokensPerDay: number | null;
                };
            };
            /** @enum {string} */
            status: "active" | "suspended";
            suspendedAt: string | null;
            /** @description Why, as the operator wrote. */
            suspensionReason: string | null;
            /**
             * @description What happens to live calls when the balance reaches zero.
             * @enum {string}
             */
            whenCreditsRunOut: "finish" | "end";
            /** @description null: the plan’s credits. */
            monthlyBudgetCredits: number | null;
            /** @description The balance is low when it is below this. null: a tenth of the monthly credits, but at least 5. */
            lowBalanceCredits: number | null;
            /** @description Whether keys that the workspace makes itself may report calls. The operator decides. */
            mayReportCalls: boolean;
            demo: boolean;
            /** @description Whether members need a second factor to act in the workspace. */
            requiresSecondFactor: boolean;
            /** @description No owner has confirmed the email address yet, so calls are refused. */
            awaitsVerification: boolean;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            createdAt: string;
            cycle: {
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                startsAt: string;
                /**
                 * Format: date-time
                 * @example 2026-11-22T10:00:00.000Z
                 */
                endsAt: string;
            };
            /**
             * @description The role of this request in the workspace.
             * @enum {string}
             */
            role: "owner" | "admin" | "member" | "operator" | "key";
        };
        /** @description What went wrong (RFC 9457). */
        Problem: {
            /**
             * Format: uri
             * @description The address of the page that explains the code.
             */
            type: string;
            title: string;
            status: number;
            /** @description A sentence about this request. */
            detail: string;
            /** @enum {string} */
            code: "invalid_json" | "invalid_request" | "unauthenticated" | "forbidden" | "not_found" | "method_not_allowed" | "request_timeout" | "idempotency_mismatch" | "idempotency_answer_unreadable" | "body_too_large" | "unsupported_media_type" | "too_many_requests" | "internal" | "overloaded" | "unavailable" | "invalid_credentials" | "password_required" | "link_not_found" | "email_already_confirmed" | "second_factor_wrong" | "sign_in_expired" | "second_factor_locked" | "second_factor_required" | "second_factor_on" | "second_factor_off" | "second_factor_needed" | "session_not_found" | "sole_owner" | "origin_not_allowed" | "workspace_suspended" | "workspace_not_found" | "member_not_found" | "invitation_not_found" | "invitation_for_other_address" | "key_not_found" | "email_taken" | "already_member" | "last_owner" | "limit_reached" | "plan_required" | "too_many_free_workspaces" | "plan_not_found" | "package_not_found" | "agent_not_found" | "phone_number_taken" | "agent_disabled" | "call_not_found" | "call_refused" | "call_not_open" | "time_zone_changed_concurrently" | "payment_declined" | "too_many_declines" | "too_many_cards" | "payment_method_required" | "payment_pending" | "payment_method_not_found" | "purchase_not_found" | "plan_on_request" | "webhook_not_found" | "webhook_disabled" | "webhook_removed" | "webhook_limit_reached" | "delivery_not_found" | "campaign_not_found" | "campaign_not_draft" | "campaign_without_contacts" | "campaign_not_running" | "campaign_not_paused" | "campaign_in_progress" | "campaign_completed" | "email_unverified" | "out_of_credits" | "llm_provider_unknown" | "llm_key_missing" | "llm_model_not_allowed" | "llm_needs_credits" | "llm_needs_call" | "rate_limit_exceeded" | "llm_key_not_found" | "llm_key_exists" | "llm_key_unreadable" | "llm_address_refused" | "llm_provider_unreachable" | "llm_provider_failed" | "llm_provider_timeout";
            /** Format: uuid */
            requestId: string;
            errors?: {
                /** @description A JSON pointer to the field. */
                pointer: string;
                /** @description What would be right. */
                detail: string;
            }[];
            /** @description With payment_declined: the purchase that failed. */
            purchaseId?: string;
            /** @description With payment_declined: why. */
            failure?: {
                /** @example insufficient_funds */
                code: string;
                /** @description A sentence for the customer. */
                message: string;
            };
        };
    };
    responses: {
        /** @description An error, as OpenAI’s API words it. */
        OpenAiError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    error: {
                        message: string;
                        type: string;
                        code: string | number | null;
                        param: string | null;
                        /** @description What the gateway has to say: whose key it was, the requestId. */
                        talktime?: Record<string, never>;
                    };
                };
            };
        };
        /** @description A problem. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description For a day, a request with the same key and body is answered with the first response again. */
        IdempotencyKey: string;
        /** @description The workspace to act in, for operator keys and for members of several. */
        Workspace: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
