/// Which OSDs take no part: by reweight for all inputs, and by what is lost for each.
struct OutTest {
    /// Reweights by OSD, in 65,536ths. An OSD beyond the end is out.
    let weights: UnsafeBufferPointer<UInt32>
    /// The group that each OSD is lost with, or -1; empty if nothing is lost.
    let groups: UnsafeBufferPointer<Int32>
    /// By input the two groups that are lost with it, or -2.
    let lost: UnsafeBufferPointer<SIMD2<Int32>>

    /// Whether an OSD takes no part for an input.
    @inline(__always)
    func isOut(_ osd: Int32, x: UInt32, input: Int) -> Bool {
        guard Int(osd) < weights.count else { return true }
        let weight = weights[Int(osd)]
        if weight < 0x1_0000 {
            if weight == 0 { return true }
            if CRUSHHash.hash(x, UInt32(bitPattern: osd)) & 0xffff >= weight { return true }
        }
        if groups.isEmpty { return false }
        let group = groups[Int(osd)]
        return group == lost[input].x || group == lost[input].y
    }
}
