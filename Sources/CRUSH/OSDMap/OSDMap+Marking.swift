public import Vocabulary

extension OSDMap {
    /// Marks every OSD up and in, as `osdmaptool --mark-up-in` does: those that do not exist exist then, and devices of
    /// the CRUSH map that weigh nothing weigh 1.0, with what that makes of the buckets above them.
    ///
    /// Where devices without weight stand in uniform buckets, or under weight sets, the tool does more to the map than
    /// this does, and PGs may differ from its.
    public mutating func markAllUpIn() {
        states.markAllUpIn()
        let weights = crush.deviceWeights(limit: osdLimit)
        // A device that is in no bucket cannot be given a weight.
        crush.setWeight(.one, of: Set(weights.indices.filter { weights[$0] == .zero }.map { ItemID(Int32($0)) }))
    }

    /// Marks an OSD out, as `osdmaptool --mark-out` does: its reweight is zero then, and it is up.
    ///
    /// A number that is not below ``osdLimit`` changes nothing.
    public mutating func markOut(_ osd: OSDID) {
        guard states.states.indices.contains(Int(osd.value)) else { return }
        states.states[Int(osd.value)].insert(.up)
        states.markOut([osd])
    }
}
