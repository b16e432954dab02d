use super::*;
use crate::{Counts, DeadLetters, Error, ReceiptError};

#[tokio::test]
async fn a_message_becomes_visible_again_when_its_timeout_ends() {
    let bench = Bench::new().standard();
    bench.send("a").await;
    let first = bench.receive(10, 30).await;
    assert_eq!((first.len(), first[0].receive_count), (1, 1));
    bench.pass(29);
    assert!(bench.receive(10, 30).await.is_empty());
    bench.pass(1);
    let again = bench.receive(10, 30).await;
    assert_eq!((again[0].receive_count, again[0].first_received), (2, START));
    assert_ne!(again[0].receipt, first[0].receipt);
}

#[tokio::test]
async fn an_older_receipt_has_no_effect() {
    let bench = Bench::new().standard();
    bench.send("a").await;
    let old = bench.receive(1, 0).await[0].receipt;
    let new = bench.receive(1, 30).await[0].receipt;
    let deleted = bench.queues.delete(QUEUE, vec![old, new, new]).await.unwrap();
    assert_eq!(deleted, [Err(ReceiptError::ReceivedAgain), Ok(()), Err(ReceiptError::Gone)]);
    assert_eq!(bench.queues.counts(QUEUE).unwrap(), Counts::default());
}

#[tokio::test]
async fn a_receipt_outlives_its_timeout_until_somebody_else_receives() {
    let bench = Bench::new().standard();
    bench.send("a").await;
    let receipt = bench.receive(1, 5).await[0].receipt;
    bench.pass(6);
    let hidden = bench.queues.change_visibility(QUEUE, receipt, Duration::from_secs(9)).unwrap();
    assert_eq!(hidden, Err(ReceiptError::NotInFlight));
    assert_eq!(bench.queues.delete(QUEUE, vec![receipt]).await.unwrap(), [Ok(())]);
}

#[tokio::test]
async fn visibility_is_extended_ended_and_limited() {
    let bench = Bench::new().standard();
    bench.send("a").await;
    let receipt = bench.receive(1, 10).await[0].receipt;
    let change = |seconds| bench.queues.change_visibility(QUEUE, receipt, Duration::from_secs(seconds)).unwrap();
    assert_eq!(change(43_200), Ok(()));
    bench.pass(1);
    assert_eq!(change(43_200), Err(ReceiptError::TooLong));
    bench.pass(3600);
    assert!(bench.receive(1, 10).await.is_empty());
    assert_eq!(change(0), Ok(()));
    assert_eq!(bench.texts(1, 10).await, ["a"]);
}

#[tokio::test]
async fn a_delayed_message_comes_when_it_is_due() {
    let bench = Bench::new().standard();
    bench.send_with(Outgoing { delay: Duration::from_secs(5), ..outgoing("late") }).await;
    assert_eq!(bench.queues.counts(QUEUE).unwrap(), Counts { delayed: 1, ..Counts::default() });
    assert!(bench.receive(1, 10).await.is_empty());
    bench.pass(5);
    assert_eq!(bench.texts(1, 10).await, ["late"]);
}

#[tokio::test]
async fn groups_are_in_order_and_block_only_themselves() {
    let bench = Bench::new().fifo();
    for (group, text) in [("a", "a1"), ("b", "b1"), ("a", "a2"), ("b", "b2"), ("a", "a3")] {
        bench.send_with(in_group(group, text)).await;
    }
    let first = bench.receive(1, 30).await;
    assert_eq!(text(&first[0]), "a1");
    assert_eq!(bench.texts(10, 30).await, ["b1", "b2"]);
    assert!(bench.receive(10, 30).await.is_empty());
    bench.queues.delete(QUEUE, vec![first[0].receipt]).await.unwrap();
    assert_eq!(bench.texts(10, 30).await, ["a2", "a3"]);
}

#[tokio::test]
async fn one_receive_takes_from_several_groups() {
    let bench = Bench::new().fifo();
    for (group, text) in [("a", "a1"), ("b", "b1"), ("a", "a2")] {
        bench.send_with(in_group(group, text)).await;
    }
    assert_eq!(bench.texts(10, 30).await, ["a1", "a2", "b1"]);
}

#[tokio::test]
async fn an_expired_receipt_deletes_nothing_from_a_fifo_queue() {
    let bench = Bench::new().fifo();
    bench.send_with(in_group("a", "a1")).await;
    let receipt = bench.receive(1, 5).await[0].receipt;
    bench.pass(5);
    assert_eq!(bench.queues.delete(QUEUE, vec![receipt]).await.unwrap(), [Err(ReceiptError::NotInFlight)]);
    assert_eq!(bench.texts(1, 5).await, ["a1"]);
}

#[tokio::test]
async fn an_id_stands_for_its_first_message_for_five_minutes() {
    let bench = Bench::new().fifo();
    let first = bench.queues.send(vec![in_group("a", "x"), in_group("b", "x")]).await.unwrap();
    assert_eq!((first[0].is_duplicate, first[1].is_duplicate), (false, true));
    assert_eq!((first[0].id, first[0].sequence), (first[1].id, first[1].sequence));
    let receipt = bench.receive(1, 30).await[0].receipt;
    bench.queues.delete(QUEUE, vec![receipt]).await.unwrap();
    bench.pass(299);
    assert!(bench.queues.send(vec![in_group("a", "x")]).await.unwrap()[0].is_duplicate);
    bench.pass(1);
    assert!(!bench.queues.send(vec![in_group("a", "x")]).await.unwrap()[0].is_duplicate);
}

#[tokio::test]
async fn ids_may_mean_something_within_their_group_only() {
    let bench = Bench::new();
    bench.queues.configure(QUEUE, Settings { fifo: Some(Fifo { deduplicate_by_group: true }), ..standard() });
    let sent = bench.queues.send(vec![in_group("a", "x"), in_group("b", "x"), in_group("a", "x")]).await.unwrap();
    assert_eq!(sent.iter().map(|sent| sent.is_duplicate).collect::<Vec<_>>(), [false, false, true]);
}

#[tokio::test]
async fn an_attempt_is_answered_alike_until_something_changes() {
    let bench = Bench::new().fifo();
    bench.queues.send(vec![in_group("a", "1"), in_group("a", "2")]).await.unwrap();
    let how = Receive { attempt: Some("try".into()), ..receive(2, 30) };
    let first = bench.queues.receive(QUEUE, how.clone()).await.unwrap();
    bench.pass(20);
    assert_eq!(bench.queues.receive(QUEUE, how.clone()).await.unwrap(), first);
    bench.pass(20);
    assert!(bench.receive(1, 30).await.is_empty(), "asking again has hidden them anew");
    bench.queues.delete(QUEUE, vec![first[0].receipt]).await.unwrap();
    assert!(bench.queues.receive(QUEUE, how).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_message_that_was_received_too_often_is_a_dead_letter() {
    let bench = Bench::new().standard();
    bench.queues.configure(DEAD, standard());
    let dead_letters = Some(DeadLetters { queue: DEAD, max_receives: 2 });
    bench.queues.configure(QUEUE, Settings { dead_letters, ..standard() });
    let sequence = bench.send("poison").await;
    bench.pass(7);
    for _ in 0..2 {
        assert_eq!(bench.texts(1, 0).await, ["poison"]);
    }
    assert!(bench.receive(1, 0).await.is_empty());
    let wait = Receive { wait: Duration::from_secs(5), ..receive(1, 30) };
    let dead = bench.queues.receive(DEAD, wait).await.unwrap();
    assert_eq!((dead[0].origin, dead[0].sent, dead[0].receive_count), (Some(QUEUE), START, 3));
    assert!(dead[0].sequence > sequence);
    assert_eq!(bench.queues.counts(QUEUE).unwrap(), Counts::default());
}

#[tokio::test]
async fn dead_letters_go_back_where_they_came_from_as_new_messages() {
    let bench = Bench::new().standard();
    bench.queues.configure(DEAD, standard());
    let (id, _) = (bench.send("a").await, bench.send("b").await);
    for message in bench.receive(2, 30).await {
        bench.queues.forward(QUEUE, message.receipt, DEAD).await.unwrap().unwrap();
    }
    bench.pass(3);
    assert_eq!(bench.queues.redrive(DEAD, None, 10).await.unwrap(), 2);
    let back = bench.receive(10, 30).await;
    assert_eq!(back.iter().map(text).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!((back[0].receive_count, back[0].sent, back[0].origin), (1, START + 3000, None));
    assert_ne!(u64::try_from(back[0].id).ok(), Some(id));
    assert_eq!(bench.queues.redrive(DEAD, None, 10).await.unwrap(), 0);
}

#[tokio::test]
async fn messages_that_were_kept_long_enough_are_gone() {
    let bench = Bench::new();
    bench.queues.configure(QUEUE, Settings { retention: Duration::from_secs(60), ..standard() });
    bench.send("old").await;
    bench.pass(30);
    bench.send("young").await;
    bench.pass(30);
    assert_eq!(bench.texts(10, 30).await, ["young"]);
}

#[tokio::test]
async fn too_many_in_flight_are_refused_to_those_who_do_not_wait() {
    let bench = Bench::new();
    bench.queues.configure(QUEUE, Settings { max_in_flight: 1, ..standard() });
    bench.queues.send(vec![outgoing("a"), outgoing("b")]).await.unwrap();
    assert_eq!(bench.receive(10, 30).await.len(), 1);
    let refused = bench.queues.receive(QUEUE, receive(1, 30)).await;
    assert!(matches!(refused, Err(Error::TooManyInFlight)));
    let wait = Receive { wait: Duration::from_millis(5), ..receive(1, 30) };
    assert!(bench.queues.receive(QUEUE, wait).await.unwrap().is_empty());
}

#[tokio::test]
async fn receivers_that_wait_are_served_in_turn() {
    let bench = Bench::new().standard();
    let wait = Receive { wait: Duration::from_secs(20), ..receive(1, 30) };
    let mut waiting = Vec::new();
    for place in 0..3 {
        let (queues, how) = (Arc::clone(&bench.queues), wait.clone());
        waiting.push(tokio::spawn(async move { text(&queues.receive(QUEUE, how).await.unwrap()[0]) }));
        while bench.queues.registry.find(QUEUE).unwrap().waiting() <= place {
            tokio::task::yield_now().await;
        }
    }
    for message in ["first", "second", "third"] {
        bench.send(message).await;
    }
    let mut got = Vec::new();
    for receiver in waiting {
        got.push(receiver.await.unwrap());
    }
    assert_eq!(got, ["first", "second", "third"]);
}

#[tokio::test]
async fn a_receiver_that_waits_gets_what_time_makes_visible() {
    let bench = Bench::new().standard();
    bench.send_with(Outgoing { delay: Duration::from_secs(600), ..outgoing("late") }).await;
    let (queues, how) = (Arc::clone(&bench.queues), Receive { wait: Duration::from_secs(20), ..receive(1, 30) });
    let receiver = tokio::spawn(async move { queues.receive(QUEUE, how).await.unwrap() });
    while bench.queues.registry.find(QUEUE).unwrap().waiting() == 0 {
        tokio::task::yield_now().await;
    }
    bench.pass(600);
    assert_eq!(text(&receiver.await.unwrap()[0]), "late");
}

#[tokio::test]
async fn purged_and_removed_queues_are_empty_after_a_restart_too() {
    let journal = MemoryJournal::default();
    let clock = clock();
    let bench = Bench::over(journal.clone(), Arc::clone(&clock)).standard();
    bench.queues.send((0..1500).map(|_| outgoing("x")).collect()).await.unwrap();
    bench.receive(10, 30).await;
    bench.queues.purge(QUEUE).await.unwrap();
    assert_eq!(bench.queues.counts(QUEUE).unwrap(), Counts::default());
    let kept = bench.send("after").await;
    drop(bench);
    let bench = Bench::over(journal.clone(), Arc::clone(&clock)).standard();
    assert_eq!(bench.receive(10, 0).await[0].sequence, kept);
    bench.queues.remove(QUEUE).await.unwrap();
    assert!(matches!(bench.queues.send(vec![outgoing("x")]).await, Err(Error::NoQueue)));
    drop(bench);
    let bench = Bench::over(journal, clock).standard();
    assert_eq!(bench.queues.counts(QUEUE).unwrap(), Counts::default());
    assert!(bench.send("new").await > kept, "sequences are not given twice");
}

#[tokio::test]
async fn a_receipt_outlives_a_restart_until_somebody_else_receives() {
    for settings in [standard(), fifo()] {
        let (journal, clock) = (MemoryJournal::default(), clock());
        let start = || {
            let bench = Bench::over(journal.clone(), Arc::clone(&clock));
            bench.queues.configure(QUEUE, settings.clone());
            bench
        };
        let bench = start();
        bench.queues.send(vec![in_group("a", "1"), in_group("b", "2")]).await.unwrap();
        let (mine, others) = (bench.receive(1, 30).await[0].receipt, bench.receive(1, 30).await[0].receipt);
        drop(bench);
        let bench = start();
        assert_eq!(bench.queues.delete(QUEUE, vec![mine]).await.unwrap(), [Ok(())]);
        assert_eq!(bench.texts(10, 30).await, ["2"]);
        assert_eq!(bench.queues.delete(QUEUE, vec![others]).await.unwrap(), [Err(ReceiptError::ReceivedAgain)]);
    }
}

#[tokio::test]
async fn how_often_a_message_was_received_survives_a_restart() {
    let (journal, clock) = (MemoryJournal::default(), clock());
    let bench = Bench::over(journal.clone(), Arc::clone(&clock)).standard();
    bench.send("a").await;
    for _ in 0..3 {
        bench.receive(1, 0).await;
    }
    bench.pass(60);
    drop(bench);
    let again = Bench::over(journal, clock).standard().receive(1, 30).await;
    assert_eq!((again[0].receive_count, again[0].first_received), (4, START));
}
