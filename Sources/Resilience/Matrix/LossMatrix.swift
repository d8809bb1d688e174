import Vocabulary

/// What the loss of each failure domain does: a row a domain of every type that the CRUSH tree has, from the OSD up.
///
/// The heart of the audit. Rows are exact for the capture that they were made of.
public struct LossMatrix: Hashable, Sendable {
    /// All domains of one type.
    public struct Level: Hashable, Sendable {
        /// The type: `osd`, `host`, `rack`, ...
        public var type: String
        /// What the loss of each domain of the type does, by the domain's name.
        public var reports: [LossReport]
        /// The level in one sentence.
        public var verdict: DomainVerdict

        /// All domains of one type; the verdict follows from the reports.
        public init(type: String, reports: [LossReport]) {
            self.type = type
            self.reports = reports
            verdict = DomainVerdict(type: type, reports: reports)
        }

        /// The report of a domain by its name.
        public func report(of name: String) -> LossReport? {
            reports.first { $0.scenario.domains.first?.name == name }
        }

        /// The report of the domain whose loss does most harm: lost bytes, then stopped PGs, then the fullest OSD.
        public var worst: LossReport? {
            reports.max { left, right in
                (left.total.lost.bytes, left.total.belowMinSize.pgs, left.load.fullest?.fill ?? 0)
                    < (right.total.lost.bytes, right.total.belowMinSize.pgs, right.load.fullest?.fill ?? 0)
            }
        }
    }

    /// The levels from the OSD up.
    public var levels: [Level]

    /// Levels of reports that have been made.
    public init(levels: [Level]) {
        self.levels = levels
    }

    /// Looks at the loss of every domain of every type, on all cores.
    ///
    /// Types of a single domain that holds every OSD, such as `root`, are left out: their loss is no question.
    /// Cancellation: between chunks of domains; reports that are not made then are left out.
    ///
    /// - Parameters:
    ///   - types: the types to look at; nil for all that there are.
    ///   - workers: how many threads there may be.
    public init(of snapshot: PlacementSnapshot, types: [String]? = nil, workers: Int = 4) async {
        levels = []
        let wanted = types ?? snapshot.domains.types
        for type in snapshot.domains.types where wanted.contains(type) {
            let all = snapshot.domains.all(type)
            if types == nil, all.count < 2, type == "root" { continue }
            guard !all.isEmpty else { continue }
            let reports = await snapshot.reports(each: type, workers: workers)
            levels.append(Level(type: type, reports: reports))
        }
    }

    /// The level of a type.
    public func level(_ type: String) -> Level? { levels.first { $0.type == type } }
}
