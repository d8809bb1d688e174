/// Takes a text apart into statements. Source: `crush/grammar.h`; what is more than that says so.
struct MapParser {
    private var scanner: MapScanner

    /// The statements of a text.
    ///
    /// - Throws: ``CompilationFailure`` at the furthest place that could be understood.
    static func parse(_ text: [UInt8]) throws(CompilationFailure) -> MapStatements {
        var parser = MapParser(scanner: MapScanner(text))
        return try parser.parse()
    }

    private mutating func parse() throws(CompilationFailure) -> MapStatements {
        var statements = MapStatements()
        statements.notes = scanner.notes
        while head(into: &statements) {}
        while body(into: &statements) {}
        while let chooseArgs = attempt({ $0.chooseArgs() }) { statements.chooseArgs.append(chooseArgs) }
        guard scanner.isAtEnd() else { throw scanner.failure }
        return statements
    }

    /// Runs `body`; where it gives nothing, nothing has been read either.
    private mutating func attempt<Value>(_ body: (inout MapParser) -> Value?) -> Value? {
        let start = scanner.offset
        if let value = body(&self) { return value }
        scanner.rewind(to: start)
        return nil
    }

    // MARK: Tunables, devices, types

    private mutating func head(into statements: inout MapStatements) -> Bool {
        let place = scanner.place
        if let (name, value) = attempt({ $0.tunable() }) {
            statements.tunables.append((place, name, value))
        } else if let (number, name) = attempt({ $0.numbered("device") }) {
            statements.devices.append((place, number, name, className()))
        } else if let (number, name) = attempt({ $0.numbered("type") }) {
            statements.types.append((place, number, name))
        } else {
            return false
        }
        return true
    }

    private mutating func tunable() -> (String, String)? {
        guard scanner.word("tunable"), let name = scanner.name("the name of a tunable"), let value = scanner.digits()
        else { return nil }
        return (name, value)
    }

    private mutating func numbered(_ word: String) -> (String, String)? {
        guard scanner.word(word), let number = scanner.digits(), let name = scanner.name() else { return nil }
        return (number, name)
    }

    private mutating func className() -> String? {
        attempt { $0.scanner.word("class") ? $0.scanner.name("the name of a class") : nil }
    }

    // MARK: Buckets

    private mutating func body(into statements: inout MapStatements) -> Bool {
        if let bucket = attempt({ $0.bucket() }) {
            if !statements.rules.isEmpty, statements.lateBucket == nil { statements.lateBucket = bucket.place }
            statements.buckets.append(bucket)
        } else if let rule = attempt({ $0.rule() }) {
            statements.rules.append(rule)
        } else {
            return false
        }
        return true
    }

    private mutating func bucket() -> MapStatement.Bucket? {
        let place = scanner.place
        guard let type = scanner.name("the type of a bucket"), let name = scanner.name(), scanner.word("{")
        else { return nil }
        var bucket = MapStatement.Bucket(place: place, type: type, name: name)
        while let id = attempt({ $0.bucketID() }) { bucket.ids.append(id) }
        guard scanner.word("alg"), let algorithm = scanner.name("the name of an algorithm") else { return nil }
        bucket.algorithm = algorithm
        while let hash = attempt({ $0.hash() }) { bucket.hash = hash }
        while let item = attempt({ $0.item() }) { bucket.items.append(item) }
        guard scanner.word("}") else { return nil }
        bucket.lines = place.line...scanner.lastLine
        return bucket
    }

    private mutating func bucketID() -> (place: MapScanner.Place, id: String, className: String?)? {
        let place = scanner.place
        guard scanner.word("id"), let id = scanner.negative() else { return nil }
        return (place, id, className())
    }

    private mutating func hash() -> String? {
        guard scanner.word("hash") else { return nil }
        return scanner.integer() ?? (scanner.word("rjenkins1") ? "0" : nil)
    }

    private mutating func item() -> MapStatement.Bucket.Item? {
        let place = scanner.place
        guard scanner.word("item"), let name = scanner.name("the name of an item") else { return nil }
        let weight = attempt { $0.scanner.word("weight") ? $0.scanner.real() : nil }
        let position = attempt { $0.scanner.word("pos") ? $0.scanner.digits() : nil }
        return MapStatement.Bucket.Item(
            place: place, name: name, weight: weight, position: position, lastLine: scanner.lastLine)
    }

    // MARK: Rules

    private mutating func rule() -> MapStatement.Rule? {
        let place = scanner.place
        guard scanner.word("rule") else { return nil }
        var rule = MapStatement.Rule(place: place, name: scanner.name())
        guard scanner.word("{"), scanner.word(of: ["id", "ruleset"]) != nil, let number = scanner.digits(),
            scanner.word("type"),
            // A bare number is more than the grammar has: crushtool prints one, but does not read it.
            let kind = scanner.word(of: ["replicated", "erasure", "msr_firstn", "msr_indep"]) ?? scanner.digits()
        else { return nil }
        rule.number = number
        rule.kind = kind
        rule.minimumSize = attempt { $0.scanner.word("min_size") ? $0.scanner.digits() : nil }
        rule.maximumSize = attempt { $0.scanner.word("max_size") ? $0.scanner.digits() : nil }
        while let step = attempt({ $0.step() }) { rule.steps.append(step) }
        guard !rule.steps.isEmpty, scanner.word("}") else { return nil }
        return rule
    }

    private mutating func step() -> MapStatement.Rule.Step? {
        let place = scanner.place
        guard scanner.word("step"), let words = stepWords() else { return nil }
        return MapStatement.Rule.Step(place: place, words: words)
    }

    private mutating func stepWords() -> [String]? {
        if let words = attempt({ $0.take() }) { return words }
        for name in Rule.Operation.allCases.compactMap(\.settingName) {
            let words: [String]? = attempt { parser in
                guard parser.scanner.word(name), let value = parser.scanner.integer() else { return nil }
                return [name, value]
            }
            if let words { return words }
        }
        for name in ["choose", "chooseleaf"] {
            if let words = attempt({ $0.choose(name, modes: ["indep", "firstn"]) }) { return words }
        }
        if let words = attempt({ $0.choose("choosemsr", modes: nil) }) { return words }
        if let words = attempt({ $0.bareStep() }) { return words }
        // crushtool prints a noop, but does not read it.
        return scanner.word(of: ["emit", "noop"]).map { [$0] }
    }

    private mutating func take() -> [String]? {
        guard scanner.word("take"), let name = scanner.name("the name of an item") else { return nil }
        return ["take", name] + (className().map { [$0] } ?? [])
    }

    private mutating func choose(_ word: String, modes: [String]?) -> [String]? {
        guard scanner.word(word) else { return nil }
        var mode = ""
        if let modes {
            guard let found = scanner.word(of: modes) else { return nil }
            mode = found
        }
        guard let count = scanner.integer(), scanner.word("type"), let type = scanner.name("the name of a type")
        else { return nil }
        return [word, mode, count, type]
    }

    /// A step by its number, which crushtool has no words for: `op 17 1 2`.
    private mutating func bareStep() -> [String]? {
        guard scanner.word("op"), let code = scanner.digits(), let first = scanner.integer(),
            let second = scanner.integer()
        else { return nil }
        return ["op", code, first, second]
    }

    // MARK: Overrides

    private mutating func chooseArgs() -> MapStatement.ChooseArgs? {
        let place = scanner.place
        guard scanner.word("choose_args"), let pool = scanner.digits(), scanner.word("{") else { return nil }
        var chooseArgs = MapStatement.ChooseArgs(place: place, pool: pool)
        while let entry = attempt({ $0.chooseArgsEntry() }) { chooseArgs.entries.append(entry) }
        return scanner.word("}") ? chooseArgs : nil
    }

    private mutating func chooseArgsEntry() -> MapStatement.ChooseArgs.Entry? {
        let place = scanner.place
        guard scanner.word("{"), scanner.word("bucket_id"), let bucket = scanner.negative() else { return nil }
        var entry = MapStatement.ChooseArgs.Entry(place: place, bucket: bucket)
        entry.rows = attempt { $0.weightSet() }
        entry.ids = attempt { $0.idList() }
        return scanner.word("}") ? entry : nil
    }

    private mutating func weightSet() -> [MapStatement.ChooseArgs.Entry.Row]? {
        guard scanner.word("weight_set"), scanner.word("[") else { return nil }
        var rows: [MapStatement.ChooseArgs.Entry.Row] = []
        while let row = attempt({ $0.weightRow() }) { rows.append(row) }
        return scanner.word("]") ? rows : nil
    }

    private mutating func weightRow() -> MapStatement.ChooseArgs.Entry.Row? {
        guard scanner.word("[") else { return nil }
        var weights: [String] = []
        while let weight = attempt({ $0.scanner.real() }) { weights.append(weight) }
        guard scanner.word("]") else { return nil }
        return MapStatement.ChooseArgs.Entry.Row(weights: weights, lastLine: scanner.lastLine)
    }

    private mutating func idList() -> [String]? {
        guard scanner.word("ids"), scanner.word("[") else { return nil }
        var ids: [String] = []
        while let id = attempt({ $0.scanner.integer() }) { ids.append(id) }
        return scanner.word("]") ? ids : nil
    }
}
