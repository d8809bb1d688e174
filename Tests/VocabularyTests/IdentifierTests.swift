import Testing
import Vocabulary

@Suite("Identifiers")
struct IdentifierTests {
    @Test("an OSD prints as Ceph names it, and both sort by number")
    func identifiers() {
        #expect(OSDID(3).description == "osd.3")
        #expect(PoolID(12).description == "12")
        #expect([OSDID(10), OSDID(9)].sorted() == [OSDID(9), OSDID(10)])
        #expect([PoolID(10), PoolID(9)].sorted() == [PoolID(9), PoolID(10)])
    }
}
