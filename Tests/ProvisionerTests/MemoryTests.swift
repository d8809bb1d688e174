import Testing

@testable import Provisioner

@Suite struct EventLedgerTests {
    @Test func anEventIsToldOncePerChange() {
        var ledger = EventLedger()
        let reports = [
            (uid: "a", cause: "x", isNews: true),
            (uid: "a", cause: "x", isNews: false),  // a retry
            (uid: "b", cause: "x", isNews: true),  // another object
            (uid: "a", cause: "y", isNews: true),  // another cause
            (uid: "a", cause: "x", isNews: true),  // and the first one back again
        ]
        for (place, report) in reports.enumerated() {
            let isNews = ledger.isNews(uid: report.uid, reason: "ProvisioningFailed", cause: report.cause)
            #expect(isNews == report.isNews, "report \(place)")
        }
        ledger.forget(uid: "a")
        let isNewsAgain = ledger.isNews(uid: "a", reason: "ProvisioningFailed", cause: "x")
        #expect(isNewsAgain)
    }
}

@Suite struct InfeasibleClaimsTests {
    @Test func aClaimWaitsUntilTimeOrClassHasChanged() {
        let start = ContinuousClock.now
        var claims = InfeasibleClaims(interval: .seconds(300))
        #expect(claims.wait(claim: "c", storageClass: "s1", now: start) == nil)
        #expect(claims.remember(claim: "c", storageClass: "s1", now: start) == .seconds(300))
        #expect(claims.wait(claim: "c", storageClass: "s1", now: start.advanced(by: .seconds(100))) == .seconds(200))
        #expect(claims.wait(claim: "other", storageClass: "s1", now: start) == nil)
        #expect(claims.wait(claim: "c", storageClass: "s2", now: start) == nil, "a class made anew is tried at once")
        _ = claims.remember(claim: "c", storageClass: "s2", now: start)
        #expect(claims.wait(claim: "c", storageClass: "s2", now: start.advanced(by: .seconds(300))) == nil)
        _ = claims.remember(claim: "c", storageClass: "s2", now: start)
        claims.forget(claim: "c")
        #expect(claims.wait(claim: "c", storageClass: "s2", now: start) == nil)
    }
}
