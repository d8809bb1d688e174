import CRUSH

/// Which OSDs are lost: one or two groups of them.
struct LostGroups {
    /// The group of each OSD; -1 for those in none.
    let groups: [Int32]
    /// The groups that are lost; -2 for none.
    var lost: SIMD2<Int32>

    /// Whether an OSD is lost; false for what is no OSD of the map.
    @inline(__always)
    func contains(_ osd: Int32) -> Bool {
        guard osd >= 0, Int(osd) < groups.count else { return false }
        let group = groups[Int(osd)]
        return group == lost.x || group == lost.y
    }
}
