import CRUSH
import Vocabulary

extension RuleShape {
    /// Whether OSDs are enough for all copies of a pool of a size, if the rule searched until it found them.
    ///
    /// Buckets that cannot hold what the later steps want of them are not counted: a rule that tries others gets by
    /// without them. Parts that share OSDs are looked at each for itself.
    func hasRoom(size: Int, on isUsable: (OSDID) -> Bool) -> Bool {
        count(size: size) >= size
            && takes.allSatisfy { take in
                let columns = take.choices.map { choice in
                    Dictionary(
                        members(of: take, by: choice.type).map { ($0.osd, $0.domain) },
                        uniquingKeysWith: { first, _ in first })
                }
                let osds = members(of: take, by: 0).filter { $0.weight > .zero && isUsable($0.osd) }.map(\.osd)
                return Self.hasRoom(for: take.choices[...], size: size, in: osds, columns[...])
            }
    }

    /// - Parameter columns: for each choice the bucket of its type that each OSD is in.
    private static func hasRoom(
        for choices: ArraySlice<Choice>, size: Int, in osds: [OSDID], _ columns: ArraySlice<[OSDID: ItemID]>
    ) -> Bool {
        guard let choice = choices.first, let column = columns.first else { return !osds.isEmpty }
        let domains = Dictionary(grouping: osds.filter { column[$0] != nil }) { column[$0] }
        let fit = domains.values.count {
            hasRoom(for: choices.dropFirst(), size: size, in: $0, columns.dropFirst())
        }
        return fit >= min(size, choice.chosen(size: size))
    }

    /// The bucket of a type that holds each OSD below the rule's parts.
    func domainOfOSD(by type: Int32) -> [OSDID: ItemID] {
        var result: [OSDID: ItemID] = [:]
        for member in takes.flatMap({ members(of: $0, by: type) }) {
            result[member.osd] = result[member.osd] ?? member.domain
        }
        return result
    }
}
