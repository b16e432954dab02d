use proptest::prelude::*;

use super::*;

fn machine(memory_mib: u64) -> Share {
    Share { cpu_millis: 1000, memory_mib, is_exclusive: false }
}

fn pool(cpu_millis: u64) -> Pool {
    Pool { cpu_millis, memory_mib: 1000, cpu_overcommit_percent: 400 }
}

#[test]
fn what_is_held_alone_is_not_promised_again() {
    // Two processors, four times over.
    let ledger = Ledger::new(pool(8000));
    let alone = Share { cpu_millis: 1000, memory_mib: 1, is_exclusive: true };
    assert_eq!(ledger.room_for(alone), 2);
    assert!(ledger.promise(&["a".to_owned()], alone).is_ok());
    assert_eq!(ledger.room_for(Share { is_exclusive: false, ..alone }), 4);
}

#[test]
fn a_promise_is_all_or_nothing_and_kept_until_released() {
    let ledger = Ledger::new(pool(4000));
    let ids = ["a".to_owned(), "b".to_owned()];
    assert!(ledger.promise(&ids, machine(600)).is_err());
    assert_eq!(ledger.room_for(machine(500)), 2);
    assert!(ledger.promise(&ids, machine(500)).is_ok());
    assert!(ledger.promise(&["c".to_owned()], machine(1)).is_err());
    ledger.release("a");
    assert!(ledger.promise(&["c".to_owned()], machine(400)).is_ok());
}

#[test]
fn promising_again_replaces_the_earlier_promise() {
    let ledger = Ledger::new(pool(1000));
    let ids = ["a".to_owned()];
    assert!(ledger.promise(&ids, machine(900)).is_ok());
    assert!(ledger.promise(&ids, machine(1000)).is_ok());
}

#[test]
fn too_large_for_any_day_differs_from_too_large_today() {
    let ledger = Ledger::new(pool(4000));
    assert!(!ledger.could_ever_hold(machine(1001)));
    assert!(ledger.promise(&["a".to_owned()], machine(600)).is_ok());
    assert!(ledger.could_ever_hold(machine(1000)) && ledger.promise(&["b".to_owned()], machine(1000)).is_err());
    ledger.release("a");
    assert!(ledger.promise(&["b".to_owned()], machine(1000)).is_ok());
}

#[test]
fn fifty_small_containers_fit_a_small_host() {
    let host = Host { cpus: 2, memory_mib: 23 << 10 };
    let ledger = Ledger::new(Pool::of(host, Policy::of(crate::DriverKind::Container)));
    // t3.nano and t3.micro: their baselines, and the whole of their memory.
    for share in
        [(100, 512), (200, 1024)].map(|(cpu_millis, memory_mib)| Share { cpu_millis, memory_mib, is_exclusive: false })
    {
        assert!(ledger.room_for(share) >= 50, "{}", ledger.room_for(share));
    }
}

fn account(id: &str) -> Holder {
    Holder::Account(id.to_owned())
}

fn with_cores(count: u32) -> Ledger {
    let pool = Pool { cpu_millis: u64::from(count) * 4000, memory_mib: 10_000, cpu_overcommit_percent: 400 };
    Ledger::with_cores(pool, Cores::new((0..count).map(|cpu| vec![cpu]).collect()))
}

fn room(memory_mib: u64, count: u32) -> Room {
    Room { share: machine(memory_mib), count, holder: None }
}

#[test]
fn held_room_is_for_those_alone_who_are_put_into_it() {
    let ledger = Ledger::new(pool(20_000));
    assert!(ledger.hold_room("cr-1", room(300, 2), &[]).is_ok());
    assert_eq!(ledger.room_for(machine(300)), 1);
    let inside = Place::In("cr-1".to_owned());
    assert!(ledger.promise_at(&["a".to_owned()], machine(300), &inside).is_ok());
    assert_eq!((ledger.room_at(machine(300), &inside), ledger.room_for(machine(300))), (1, 1));
    // Another size is no match.
    assert!(ledger.promise_at(&["b".to_owned()], machine(200), &inside).is_err());
    assert!(ledger.hold_room("cr-1", room(300, 4), &[]).is_err());
    assert!(ledger.hold_room("cr-1", room(300, 3), &[]).is_ok());
    assert_eq!(ledger.room_for(machine(100)), 1);
    // One that has its room already brings it along.
    ledger.release("a");
    assert!(ledger.promise(&["guest".to_owned()], machine(100)).is_ok());
    assert!(ledger.hold_room("cr-2", room(100, 1), &["guest".to_owned()]).is_ok());
    assert!(ledger.hold_room("cr-3", room(100, 1), &[]).is_err());
    ledger.give_back_room("cr-2");
    ledger.release("guest");
    assert!(ledger.promise_at(&["a".to_owned()], machine(300), &inside).is_ok());
    // A machine that goes leaves its room behind; one that stays keeps it when the rest is given back.
    ledger.release("a");
    assert_eq!(ledger.room_at(machine(300), &inside), 3);
    assert!(ledger.promise_at(&["a".to_owned()], machine(300), &inside).is_ok());
    ledger.give_back_room("cr-1");
    assert_eq!((ledger.room_at(machine(300), &inside), ledger.room_for(machine(300))), (0, 2));
}

#[test]
fn a_host_s_machines_run_on_its_cores_and_all_others_on_the_rest() {
    let ledger = with_cores(2);
    let host = Holder::Host("h-1".to_owned());
    assert!(ledger.promise(&["plain".to_owned()], machine(100)).is_ok());
    assert_eq!(ledger.cpus_for("plain"), Vec::<u32>::new());
    assert_eq!(ledger.hold_cores(&host, 48), Ok(vec![1]));
    assert!(ledger.promise_at(&["own".to_owned()], machine(100), &Place::On(host.clone())).is_ok());
    assert_eq!((ledger.cpus_for("own"), ledger.cpus_for("plain")), (vec![1], vec![0]));
    // Of 8,000 thousandths half are the host's.
    assert_eq!(ledger.room_for(machine(100)), 3);
    ledger.release("own");
    ledger.give_back_cores(&host);
    assert_eq!((ledger.cpus_for("plain"), ledger.room_for(machine(100))), (vec![], 7));
}

#[test]
fn dedicated_instances_share_cores_with_their_own_account_only() {
    let ledger = with_cores(4);
    let (one, two) = (Place::On(account("1")), Place::On(account("2")));
    assert!(ledger.promise_at(&["a".to_owned()], machine(100), &one).is_ok());
    assert!(ledger.promise_at(&["b".to_owned()], machine(100), &one).is_ok());
    assert!(ledger.promise_at(&["c".to_owned()], machine(100), &two).is_ok());
    assert_eq!(ledger.cpus_for("a"), ledger.cpus_for("b"));
    assert!(ledger.cpus_for("c").iter().all(|cpu| !ledger.cpus_for("a").contains(cpu)));
    let full = ledger.promise_at(&["d".to_owned()], machine(100), &Place::On(account("3"))).unwrap_err();
    assert!(full.0.contains("one must be left to all others"), "{full}");
    ledger.release("c");
    assert_eq!(ledger.room_at(machine(100), &two), 4);
    ledger.release("a");
    ledger.release("b");
    assert_eq!(ledger.cores().shared(), Vec::<u32>::new());
}

#[test]
fn no_core_is_taken_from_those_who_need_it() {
    let ledger = with_cores(2);
    let ids: Vec<_> = (0..5).map(|id| id.to_string()).collect();
    assert!(ledger.promise(&ids, machine(100)).is_ok());
    assert!(ledger.hold_cores(&Holder::Host("h-1".to_owned()), 48).is_err());
    ledger.release("0");
    assert!(ledger.hold_cores(&Holder::Host("h-1".to_owned()), 48).is_ok());
}

fn share() -> impl Strategy<Value = Share> {
    (0u64..5000, 0u64..700, any::<bool>()).prop_map(|(cpu_millis, memory_mib, is_exclusive)| Share {
        cpu_millis,
        memory_mib,
        is_exclusive,
    })
}

proptest! {
    #[test]
    fn nothing_is_ever_promised_twice(steps in prop::collection::vec((0u8..6, 1u8..3, prop::option::of(share())), 0..60)) {
        let pool = pool(20_000);
        let ledger = Ledger::new(pool);
        for (first, count, step) in steps {
            let ids: Vec<_> = (first..first + count).map(|number| number.to_string()).collect();
            let before = ledger.lock().clone();
            match step {
                Some(share) => if ledger.promise(&ids, share).is_err() {
                    prop_assert_eq!(&*ledger.lock(), &before);
                },
                None => ids.iter().for_each(|id| ledger.release(id)),
            }
            let all = ledger.lock();
            prop_assert!(all.promised.values().map(|(held, _)| held.memory_mib).sum::<u64>() <= pool.memory_mib);
            prop_assert!(all.promised.values().map(|(held, _)| pool.cpu_cost(*held)).sum::<u64>() <= pool.cpu_millis);
        }
    }

    #[test]
    fn there_is_room_for_exactly_as_many_as_are_said(held in share(), wanted in share()) {
        let ledger = Ledger::new(pool(20_000));
        let _ = ledger.promise(&["a".to_owned()], held);
        let room = ledger.room_for(wanted).min(100);
        let ids: Vec<_> = (0..=room).map(|number| format!("i-{number}")).collect();
        if room < 100 {
            prop_assert!(ledger.promise(&ids, wanted).is_err() || wanted.memory_mib == 0 && wanted.cpu_millis == 0);
        }
        prop_assert!(ledger.promise(&ids[1..], wanted).is_ok());
    }
}
