/// A statement of crushtool's language, as it was written. Numbers are kept as text until it is known what they are.
enum MapStatement {
    /// A bucket and what it holds.
    struct Bucket {
        struct Item {
            var place: MapScanner.Place
            var name: String
            var weight: String?
            var position: String?
            /// The line on which it ends, where a note about it may stand.
            var lastLine: Int
        }

        var place: MapScanner.Place
        var type: String
        var name: String
        var ids: [(place: MapScanner.Place, id: String, className: String?)] = []
        var algorithm = ""
        var hash: String?
        var items: [Item] = []
        /// All lines from its name to its closing brace.
        var lines = 0...0
    }

    /// A rule and its steps.
    struct Rule {
        struct Step {
            var place: MapScanner.Place
            /// The words of it, the first one without `step`.
            var words: [String]
        }

        var place: MapScanner.Place
        var name: String?
        var number = ""
        var kind = ""
        var minimumSize: String?
        var maximumSize: String?
        var steps: [Step] = []
    }

    /// The overrides of one pool, or the default ones.
    struct ChooseArgs {
        struct Entry {
            struct Row {
                var weights: [String]
                var lastLine: Int
            }

            var place: MapScanner.Place
            var bucket: String
            var rows: [Row]?
            var ids: [String]?
        }

        var place: MapScanner.Place
        var pool: String
        var entries: [Entry] = []
    }
}

/// A whole text as statements.
struct MapStatements {
    var tunables: [(place: MapScanner.Place, name: String, value: String)] = []
    var devices: [(place: MapScanner.Place, number: String, name: String, className: String?)] = []
    var types: [(place: MapScanner.Place, number: String, name: String)] = []
    var buckets: [MapStatement.Bucket] = []
    var rules: [MapStatement.Rule] = []
    /// A bucket that stands after a rule, which is refused.
    var lateBucket: MapScanner.Place?
    var chooseArgs: [MapStatement.ChooseArgs] = []
    var notes: [Int: MapScanner.Note] = [:]
}
