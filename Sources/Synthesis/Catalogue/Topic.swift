/// The subject of an agent's conversations: question and answer templates.
struct Topic: Sendable {
    let questions: [Template]
    let answers: [Template]

    private init(_ questions: [String], _ answers: [String]) {
        self.questions = questions.map { Template($0) }
        self.answers = answers.map { Template($0) }
    }

    static let support = Topic(
        [
            "Where is my order #%n5%? It should have arrived %n1% days ago.", "I was charged twice for invoice %n5%.",
            "How do I change the address of order #%n5%?", "The app shows error 500 when I open my basket.",
            "Can I return item %n4% after %n2% days?", "My e-mail is %email%, please reset the password.",
        ],
        [
            "Order #%n5% left the warehouse and arrives within %n1% days.",
            "The second charge was cancelled; the refund takes %n1% days.",
            "You can change the address until the parcel is packed.",
            "Please clear the app's cache; the timeout you saw is fixed since today.",
            "Yes, returns are free for %n2% days.",
        ])
    static let knowledge = Topic(
        [
            "What is the retention of audit logs on plan %n1%?", "How are API keys rotated?", "Does the export keep comments?",
            "Which regions are available for tenant %n4%?", "What does the error 'quota exceeded' mean in the console?",
        ],
        [
            "Audit logs are kept for %n2% days; see section %n1% of the guide.",
            "Rotate keys under Settings; the old one stays valid for %n2% hours.",
            "Yes, comments are part of the export since version 4.%n1%.", "Frankfurt, Dublin and Virginia.",
        ])
    static let code = Topic(
        [
            "Review pull request %n4%: it replaces the retry loop by a queue.",
            "Does this diff of %n3% lines change the public API?",
            "Why does test %n3% fail only on Linux?", "Suggest a name for the helper in module %n2%.",
        ],
        [
            "The loop may lose the last item when the deadline passes; see line %n3%.",
            "No public signature changes. Two comments below.",
            "The test depends on the order of a dictionary.", "Looks good; %n1% small remarks.",
        ])
    static let documents = Topic(
        [
            "Summarise document %n5% in %n1% sentences.", "Translate section %n1% of the manual into German.",
            "Give the three main points of report %n4%.", "Translate the release notes of version 3.%n1% into French.",
        ],
        [
            "The document sets out the plan for %n2% sites and its cost.",
            "Abschnitt %n1%: Vor dem Öffnen den Netzstecker ziehen.",
            "Demand grew, margins fell, and %n1% risks remain.", "La version 3.%n1% corrige %n2% défauts.",
        ])
    static let moderation = Topic(
        [
            "Classify comment %n6%: \"best day of the week\"", "Classify comment %n6%: \"this is spam, buy now\"",
            "Classify comment %n6%: \"I disagree\"",
        ],
        ["safe", "spam", "safe", "borderline"])
    static let data = Topic(
        [
            "Revenue by region for the last %n1% weeks", "Which customers of cohort %n2% left?",
            "Average basket in shop %n3% by weekday",
            "Top %n2% products by returns",
        ],
        [
            "SELECT region, sum(amount) FROM sales WHERE week > %n2% GROUP BY region",
            "Cohort %n2% lost %n2% customers, most of them in week %n1%.",
            "The average basket is %n2% euros, highest on Saturday.",
        ])
    static let mail = Topic(
        [
            "Draft a reply to ticket %n5%, friendly, short.", "Remind %email% of the open invoice %n5%.",
            "Welcome the new customer of plan %n1%.",
        ],
        [
            "Dear customer, thank you for your message of last week. We have looked into it.",
            "Hello, a short reminder: invoice %n5% is open.", "Welcome! Here are %n1% steps to begin with.",
        ])
    static let contracts = Topic(
        [
            "Which clauses of contract %n5% limit liability?", "List the notice periods in contract %n5%.",
            "Is contract %n5% under the law of %n1% countries?",
        ],
        [
            "Clause %n2%.%n1% limits liability to the yearly fee.", "The notice period is %n1% months to the end of a quarter.",
            "Clause %n2% names one law; the annex names another.",
        ])
    static let catalogue = Topic(
        [
            "Tag product %n6%: steel bottle, 750 ml", "Tag product %n6%: wool socks, size %n2%",
            "Which discount for %n3% units of article %n5%?",
        ],
        [
            "{\"tags\":[\"kitchen\",\"outdoor\"],\"confidence\":0.%n2%}", "{\"tags\":[\"clothing\"],\"confidence\":0.%n2%}",
            "From %n3% units on, %n1% per cent.",
        ])
    static let invoices = Topic(
        ["Extract the fields of invoice %n6%.", "Extract total and tax of scan %n6%."],
        ["{\"number\":\"%n6%\",\"total\":%n3%.50,\"currency\":\"EUR\"}", "{\"total\":%n3%.00,\"tax\":%n2%.20}"])
    static let research = Topic(
        [
            "What is known of battery recycling since %n1% years?", "Find %n1% sources on heat pumps in old houses.",
            "Check: output doubled within %n1% years.",
        ],
        [
            "Three sources agree; one of %n1% differs by a factor of two.", "The claim holds for %n1% of %n2% countries.",
            "Found %n1% papers; the newest is a review of %n3% studies.",
        ])
    static let meetings = Topic(
        ["Notes of meeting %n5%, %n2% minutes", "Action items of call %n5%"],
        ["Decisions: %n1%. Open points: %n1%. Next meeting in %n1% weeks.", "Action items: %n1%, all with an owner."])
    static let travel = Topic(
        ["Plan %n1% days in Lisbon for %n1% people", "A train from Vienna to Venice for %n1%", "A quiet hotel below %n3% euros"],
        [
            "Day 1: the old town. Day 2: the coast. %n1% options for the evening.",
            "There are %n1% trains; the night train saves a hotel.", "%n1% hotels fit; the nearest is %n2% minutes away.",
        ])
    static let operations = Topic(
        [
            "Alert %n5%: error rate of checkout above %n1% per cent", "Why did node %n3% restart?",
            "Latency of the search doubled %n2% minutes ago",
        ],
        [
            "The deployment of %n2% minutes ago is the likely cause.", "Node %n3% ran out of memory.",
            "The index is being rebuilt; expect %n2% minutes.",
        ])
    static let evaluation = Topic(
        ["Judge answer %n6% for faithfulness.", "Judge answer %n6% for tone."],
        [
            "{\"score\":0.%n2%,\"reason\":\"supported by the context\"}",
            "{\"score\":0.%n2%,\"reason\":\"one claim is not supported\"}",
        ])
}
