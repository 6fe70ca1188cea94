/// A kind of key recognised by its prefix.
struct SecretShape: Sendable {
    /// A condition on a key besides its length.
    enum Demand: Sendable {
        /// A digit or upper-case letter: hyphenated words have neither.
        case digitOrCapital
        /// A digit, an upper-case and a lower-case letter.
        case mixed
    }

    /// The prefix; case-sensitive.
    let head: [UInt8]
    /// The characters after the prefix.
    let tail: ByteClass
    /// Number of characters after the prefix.
    let counts: ClosedRange<Int>
    let demand: Demand
    let kind: SecretKind
    /// True when the prefix stays readable: the host of a webhook.
    let keepsHead: Bool

    private init(
        _ head: String, _ tail: ByteClass, _ counts: ClosedRange<Int>, _ kind: SecretKind, _ demand: Demand = .digitOrCapital,
        keepsHead: Bool = false
    ) {
        self.head = Array(head.utf8)
        (self.tail, self.counts, self.kind) = (tail, counts, kind)
        (self.demand, self.keepsHead) = (demand, keepsHead)
    }

    /// The shapes for each first byte.
    static let byFirstByte: [[SecretShape]] = {
        var table = [[SecretShape]](repeating: [], count: 256)
        for shape in all { table[Int(shape.head[0])].append(shape) }
        return table
    }()

    /// Creates shapes with the same tail, one per word.
    private static func each(
        _ heads: String, _ counts: ClosedRange<Int>, _ kind: SecretKind = .key, _ demand: Demand = .digitOrCapital
    ) -> [SecretShape] {
        each(heads, .key, counts, kind, demand)
    }

    private static func each(
        _ heads: String, _ tail: ByteClass, _ counts: ClosedRange<Int>, _ kind: SecretKind = .key,
        _ demand: Demand = .digitOrCapital
    ) -> [SecretShape] {
        heads.split(whereSeparator: \.isWhitespace).map { SecretShape(String($0), tail, counts, kind, demand) }
    }

    /// Every shape. The issuer is given only where the prefix does not show it.
    static let all: [SecretShape] = models + clouds + forges + messengers + services + webhooks

    /// Model providers and related tools.
    private static let models =
        each("sk-", 16...4096)
        // Langfuse's public key gives access to a project together with the secret key.
        + each("pk-lf- gsk_ hf_ xai- nvapi- pplx- csk- r8_ tgp_v1_ jina_ api_org_", 16...512)
        // LangSmith, Pinecone, Tavily, Weights & Biases, Anyscale, E2B, RunPod, PostHog.
        + each("lsv2_pt_ lsv2_sk_ ls__ pcsk_ tvly- wandb_v1_ esecret_ e2b_ rpa_ phx_", 16...512)
        + each("fw_ fpk_", .alphanumeric, 20...64, .key, .mixed)
        // Voyage, Modal, Firecrawl.
        + each("pa-", 40...64, .key, .mixed) + each("ak- as-", .alphanumeric, 22...22, .key, .mixed)
        + each("fc-", .hex, 32...32)

    private static let clouds =
        each("AIza", 30...64) + each("GOCSPX-", 20...64) + each("ya29.", 20...4096, .token)
        // Amazon's access key ids, and the keys of Bedrock.
        + each("AKIA ASIA ABIA ACCA", .upper, 16...16) + each("ABSK bedrock-api-key-", .credential, 60...4096)
        // DigitalOcean, Alibaba, Databricks, Heroku, Netlify, Vercel, Supabase, Fly, PlanetScale, Neon, Pulumi, Render.
        + each("dop_v1_ doo_v1_ dor_v1_", .hex, 40...128) + each("LTAI", .alphanumeric, 16...24, .key, .mixed)
        + each("dapi dkea dose", .hex, 32...40) + each("HRKU- nfp_ nfc_ vercel_blob_rw_ sbp_ sb_secret_ pscale_", 20...256)
        + each("vcp_ vci_ vca_ vcr_ vck_ rnd_ napi_", .alphanumeric, 20...128, .key, .mixed)
        + each("fm1_ fm2_", .credential, 40...4096) + each("pul-", .hex, 40...40)
        // HashiCorp Vault, Doppler, 1Password, age.
        + each("hvs. hvb. hvr.", 20...4096, .token) + each("dp.pt. dp.st. dp.ct. dp.sa.", .dotted, 30...128, .token)
        + each("ops_eyJ", .credential, 40...8192) + each("AGE-SECRET-KEY-1", .upper, 40...64)

    private static let forges =
        each("ghp_ gho_ ghs_ ghu_ ghr_ github_pat_", 20...512)
        + each("glpat- gldt- glrt- glptt- glft- glsoat- glcbt- glimt- glagent- gloas- glffct-", .dotted, 16...512)
        + each("GR1348941", 18...64) + each("npm_", .alphanumeric, 30...64, .token) + each("pypi-", 30...512, .token)
        + each("rubygems_", .hex, 40...64) + each("dckr_pat_ dckr_oat_", 20...64) + each("CCIPAT_ bkua_ sqp_ squ_ sqa_", 20...128)
        + each("ATATT3 ATCTT3 ATSTT3 ATBB", .credential, 20...512)

    private static let messengers =
        each("xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xoxc- xoxe.xoxp- xoxe.xoxb- xapp-", 10...512, .token)
        // The cookie of Slack's web client, percent-encoded.
        + each("xoxd-", .path, 10...512, .token)
        // Twilio.
        + each("SK", .hex, 32...32)
        // SendGrid, Mailgun, Resend, Telnyx.
        + each("SG.", .dotted, 40...96) + each("key-", .hex, 32...32)
        + each("re_", 30...48, .key, .mixed)

    private static let services =
        // Stripe and Clerk, Square, Shopify, Plaid.
        each("sk_live_ sk_test_ rk_live_ rk_test_", 12...256) + each("whsec_", .credential, 16...128)
        + each("sq0atp- sq0csp-", 20...64) + each("shpat_ shpss_ shpca_ shppa_ shpua_", .hex, 32...64)
        + each("access-sandbox- access-production-", 36...36)
        // Notion, Linear, Airtable, HubSpot, Figma, Postman, Contentful.
        + each("ntn_", .alphanumeric, 40...64, .key, .mixed) + each("secret_", .alphanumeric, 40...48, .key, .mixed)
        + each("lin_api_ lin_oauth_", 20...128) + each("pat-na1- pat-eu1-", 36...36) + each("figd_ figo_ PMAK- CFPAT-", 20...128)
        // Sentry, Grafana, New Relic, Dropbox.
        + each("sntrys_ sntryu_", .credential, 40...1024, .token) + each("glc_ glsa_", .credential, 20...1024)
        + each("eyJrIjoi", .credential, 30...512) + each("NRAK- NRII- NRJS- NRRA-", 17...64)
        + each("sl.", 100...2048, .token) + each("dbtc_ dbtu_ pnu_", 20...128)

    /// Webhook URLs, which allow anyone who knows them to post.
    private static let webhooks = [
        "hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/", "discord.com/api/webhooks/",
        "discordapp.com/api/webhooks/", "canary.discord.com/api/webhooks/", "ptb.discord.com/api/webhooks/",
        "webhook.office.com/webhookb2/", "hooks.zapier.com/hooks/catch/", "outlook.office.com/webhook/",
    ].map { SecretShape($0, .path, 16...1024, .key, keepsHead: true) }
}

/// Decides from three bytes whether a secret can start at a word; false positives are rare, false negatives impossible.
struct SecretBeginnings: Sendable {
    private var bits = [UInt64](repeating: 0, count: 256)

    static let known: SecretBeginnings = {
        var known = SecretBeginnings()
        for shape in SecretShape.all { known.add(shape.head[0], shape.head[1], shape.head[2...].first) }
        for word in ["eyJ", "bea", "Bea", "BEA", "bas", "Bas", "BAS", "key", "Key", "KEY"] {
            let bytes = Array(word.utf8)
            known.add(bytes[0], bytes[1], bytes[2])
        }
        // A Discord bot token starts with the bot's id in base64.
        for first in "MNO".utf8 {
            for second in "DTjz".utf8 { for third in "AEIMQUYcgk".utf8 { known.add(first, second, third) } }
        }
        return known
    }()

    @inline(__always)
    private static func place(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
        (Int(first) &* 2533 &+ Int(second) &* 97 &+ Int(third)) & 16383
    }

    private mutating func add(_ first: UInt8, _ second: UInt8, _ third: UInt8?) {
        for third in third.map({ [$0] }) ?? Array(0...255) {
            let place = SecretBeginnings.place(first, second, third)
            bits[place >> 6] |= 1 << UInt64(place & 63)
        }
    }

    @inline(__always)
    func contains(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        let place = SecretBeginnings.place(first, second, third)
        return bits[place >> 6] & (1 << UInt64(place & 63)) != 0
    }
}
