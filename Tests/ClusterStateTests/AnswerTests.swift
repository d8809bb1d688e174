import Testing
import Vocabulary

@testable import ClusterState

/// Ceph's own answers are read as what they say.
@Suite struct AnswerTests {
    @Test(arguments: CephAnswers.all) func pgs(of ceph: CephAnswers) throws {
        let table = try PGTable(pgDump: ceph.answer("pg-dump"))
        #expect(table.count == 6)
        let lost = table[try #require(table.row(of: PGID(pool: PoolID(1), seed: 0x1f)))]
        #expect(lost.state == [.active, .undersized, .degraded])
        #expect(lost.up == [2, 0] && lost.acting == [2, 0])
        #expect(lost.upPrimary == 2 && lost.actingPrimary == 2)
        #expect(lost.objects > 0 && lost.degraded == lost.objects)
        #expect(lost.bytes == lost.objects * 4096)
        #expect(Set(lost.complete) == [0, 2])
        #expect(lost.objectLocations.map(\.objects) == [lost.objects])
        #expect(lost.objectLocations.map { Set($0.osds) } == [[0, 2]])
        #expect(lost.reportedEpoch >= lost.mappingEpoch && lost.mappingEpoch > 0)
        #expect(lost.lastDeepScrub > 1_700_000_000)
        let whole = table[try #require(table.row(of: PGID(pool: PoolID(1), seed: 0x1e)))]
        #expect(whole.state == [.active, .clean] && whole.up == [4, 0, 2])
        #expect(whole.degraded == 0 && whole.unfound == 0 && whole.misplaced == 0 && whole.blockedBy.isEmpty)
        let shards = table[try #require(table.row(of: PGID(pool: PoolID(2), seed: 0)))]
        #expect(shards.up == [OSDSets.none, 1, 3], "a hole stays where it is")
        #expect(shards.upPrimary == 1)
    }

    @Test(arguments: CephAnswers.all) func osds(of ceph: CephAnswers) throws {
        let usage = try OSDUsage.list(osdDF: ceph.answer("osd-df"))
        #expect(usage.map(\.osd) == (0..<6).map { OSDID($0) })
        #expect(usage.allSatisfy { $0.total == .gib(8) && $0.used > .zero })
        #expect(usage.allSatisfy { $0.used.bytes + $0.available.bytes <= $0.total.bytes })
        #expect(usage[5].pgs == 0 && usage[0].pgs > 10)
        #expect(usage[0].fill > 0 && usage[0].fill < 0.01)
        let metadata = try OSDMetadata.list(osdMetadata: ceph.answer("osd-metadata"))
        #expect(metadata.map(\.osd) == [OSDID(0)])
        #expect(metadata[0].hostname == "host-9")
        #expect(metadata[0].objectStore == "memstore" && metadata[0].isRotational == true)
        #expect(metadata[0].version?.hasPrefix("\(ceph.release).2.") == true)
        #expect(metadata[0].frontAddress?.hasPrefix("[v2:127.0.0.1:") == true)
        #expect(metadata[0].podName == nil && metadata[0].devices.isEmpty)
    }

    @Test(arguments: CephAnswers.all) func pools(of ceph: CephAnswers) throws {
        let pools = try PoolUsage.list(dfDetail: ceph.answer("df-detail"))
        #expect(pools.map(\.name) == ["rbd", "shards", "meta", "data"])
        #expect(pools.map(\.pool.value) == [1, 2, 3, 4])
        #expect(pools[0].quotaBytes == .gib(1) && pools[0].quotaObjects == nil)
        #expect(pools[1].quotaBytes == nil)
        #expect(pools[0].objects > 1000 && pools[0].stored.bytes > pools[0].objects)
        #expect(pools[0].maximumAvailable > .gib(10))
    }

    @Test(arguments: CephAnswers.all) func options(of ceph: CephAnswers) throws {
        var options = CephConfiguration(
            central: try CephConfiguration.entries(configDump: ceph.answer("config-dump")))
        #expect(options.setting(of: .downOutInterval) == .init(value: 700, source: .central(section: "mon")))
        let masked = try #require(options.entries(of: .maxBackfills).first)
        #expect(masked.section == "osd" && masked.mask == "host:host-0" && masked.value == "3")
        #expect(options.setting(of: .maxBackfills) == .init(value: 1, source: .standard), "a mask is not for all")
        let dashboard = options.central?.first { $0.name == "mgr/dashboard/url_prefix" }
        #expect(dashboard != nil && dashboard?.value == nil, "what may be a secret is withheld")

        options.running["osd.0"] = try CephConfiguration.running(configShow: ceph.answer("config-show"))
        #expect(options.running["osd.0"] == ["mon_allow_pool_size_one": "true", "osd_max_backfills": "10"])
        #expect(options.setting(of: .maxBackfills) == .init(value: 10, source: .running(daemon: "osd.0")))
        #expect(options.setting(of: .allowPoolSizeOne).source == .standard, "an OSD's value is not a monitor's")
    }

    /// What an OSD says of an option, and what is kept of it.
    @Test(
        arguments: [
            (#"{"name":"osd_max_backfills","value":"1000","source":"default"}"#, "1000"),
            (#"{"name":"osd_max_backfills","value":"1","source":"default"}"#, nil),
            (#"{"name":"osd_max_backfills","value":"1","source":"file"}"#, "1"),
            (#"{"name":"osd_max_backfills","value":"7","source":"mon"}"#, nil),
            (#"{"name":"osd_recovery_sleep_hdd","value":"0.100000","source":"default"}"#, nil),
            (#"{"name":"admin_socket","value":"/run/x","source":"file"}"#, nil),
        ] as [(String, String?)])
    func onlyWhatADaemonHasFromElsewhereIsKept(_ option: String, _ kept: String?) throws {
        #expect(try CephConfiguration.running(configShow: Array("[\(option)]".utf8)).values.first == kept)
    }

    @Test(arguments: CephAnswers.all) func health(of ceph: CephAnswers) throws {
        let health = try Health(healthDetail: ceph.answer("health-detail"))
        #expect(health.status == .error)
        let down = try #require(health.check("OSD_DOWN"))
        #expect(down.severity == .warning && down.count == 1 && !down.isMuted)
        #expect(down.summary == "1 osds down")
        #expect(down.details == ["osd.5 (root=default,rack=rack-2,host=host-2) is down"])
        #expect(health.check("MDS_ALL_DOWN")?.severity == .error)
        #expect(health.check("OSD_NEARFULL") == nil)
    }

    @Test(arguments: CephAnswers.all) func monitors(of ceph: CephAnswers) throws {
        let map = try MonitorMap(quorumStatus: ceph.answer("quorum-status"), metadata: ceph.answer("mon-metadata"))
        #expect(map.monitors.map(\.name) == ["a"] && map.leader == "a" && map.quorumSize == 1)
        #expect(map.electionStrategy == .classic && !map.isStretchMode && map.disallowedLeaders.isEmpty)
        #expect(map.tiebreaker == nil && map.epoch == 1)
        let monitor = map.monitors[0]
        #expect(monitor.isInQuorum && monitor.hostname == "host-9" && monitor.crushLocation.isEmpty)
        #expect(monitor.addresses.count == 2 && monitor.addresses[0].hasPrefix("v2:127.0.0.1:"))
        #expect(monitor.version?.hasPrefix("\(ceph.release).") == true)
        let alone = try MonitorMap(quorumStatus: ceph.answer("quorum-status"), metadata: nil)
        #expect(alone.monitors[0].hostname == nil, "metadata are another command, and another capability")
    }

    @Test(arguments: CephAnswers.all) func daemons(of ceph: CephAnswers) throws {
        let managers = try ManagerMap(mgrDump: ceph.answer("mgr-dump"), metadata: ceph.answer("mgr-metadata"))
        #expect(managers.active?.name == "x" && managers.isAvailable && managers.standbys.isEmpty)
        #expect(managers.active?.hostname == "host-9")
        #expect(managers.active?.addresses.first?.hasPrefix("v2:127.0.0.1:") == true)
        #expect(managers.modules.contains("iostat"))
        let filesystems = try FilesystemMap(fsDump: ceph.answer("fs-dump"), metadata: ceph.answer("mds-metadata"))
        #expect(filesystems.filesystems.map(\.name) == ["files"] && filesystems.standbys.isEmpty)
        #expect(filesystems.filesystems[0].metadataPool == PoolID(3))
        #expect(filesystems.filesystems[0].dataPools == [PoolID(4)])
        #expect(filesystems.filesystems[0].wantedRanks == 1 && filesystems.filesystems[0].daemons.isEmpty)
        #expect(try ServiceDaemon.list(serviceDump: ceph.answer("service-dump")).isEmpty)
        let versions = try DaemonVersions.counts(versions: ceph.answer("versions"))
        #expect(versions["osd"]?.values.reduce(0, +) == 5 && versions["mon"]?.count == 1)
        #expect(versions["overall"] == nil)
    }

    @Test func daemonsThatTheLabHasNot() throws {
        let services = try ServiceDaemon.list(
            serviceDump: Array(
                #"""
                {"epoch": 7, "services": {"rgw": {"daemons": {"summary": "", "4523": {"metadata":
                {"id": "store.a", "hostname": "node-1", "pod_name": "rook-ceph-rgw-a", "pod_namespace": "rook-ceph",
                "node_name": "node-1", "ceph_version_short": "18.2.7"}}}}}}
                """#.utf8))
        #expect(services.map(\.service) == ["rgw"] && services.map(\.name) == ["store.a"])
        #expect(services[0].hostname == "node-1" && services[0].pod?.namespace == "rook-ceph")
        let filesystems = try FilesystemMap(
            fsDump: Array(
                #"""
                {"standbys": [{"name": "c", "rank": -1, "state": "up:standby"}], "filesystems": [{"id": 1, "mdsmap":
                {"fs_name": "files", "metadata_pool": 3, "data_pools": [4, 5], "max_mds": 2, "standby_count_wanted": 1,
                "failed": [1], "info": {"gid_12": {"name": "a", "rank": 0, "state": "up:active"},
                "gid_9": {"name": "b", "rank": 0, "state": "up:standby-replay"}}}}]}
                """#.utf8), metadata: Array(#"[{"name": "a", "hostname": "node-2"}]"#.utf8))
        #expect(filesystems.standbys.map(\.name) == ["c"] && filesystems.standbys[0].rank == nil)
        let filesystem = try #require(filesystems.filesystems.first)
        #expect(filesystem.daemons.map(\.name) == ["a", "b"] && filesystem.daemons.map(\.isActive) == [true, false])
        #expect(filesystem.daemons[0].hostname == "node-2" && filesystem.failedRanks == [1])
        #expect(filesystem.wantedRanks == 2 && filesystem.wantedStandbys == 1)
    }

    /// What is wrong with an answer is told with its field.
    @Test(arguments: [
        (#"{"pg_stats":[{"pgid":"x","state":"active"}]}"#, "pg_stats[0].pgid should be the name of a PG"),
        (
            #"{"pg_stats":[{"pgid":"1.0","state":"dancing","up":[],"acting":[]}]}"#,
            "pg_stats[0].state should be a state that is known, not dancing"
        ),
        (#"{"pg_stats":[{"pgid":"1.0","state":"active","up":["a"]}]}"#, "pg_stats[0].up should be a list of numbers"),
        (#"{"pg_stats":[{"pgid":"1.0""#, "the answer should be complete"),
        (#"{"pg_stats":[{"pgid":"1.0"}]}"#, "pg_stats[0].state should be a text"), ("{}", "pg_stats should be a list"),
        ("", "pg_stats should be a list"),
    ])
    func whatIsWrongIsNamed(_ answer: String, _ message: String) {
        let error = #expect(throws: CephAnswerError.self) { try PGTable(pgDump: Array(answer.utf8)) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }
}
