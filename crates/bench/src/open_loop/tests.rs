use super::*;

#[test]
fn clients_take_turns_at_a_steady_rate() {
    let items: Vec<u8> = (0..7).collect();
    let start = Instant::now();
    let interval = Duration::from_millis(10);
    let schedule = Schedule { start, interval, clients: 3, items: &items };
    let turns = |client| -> Vec<(Duration, u8)> {
        schedule.turns(client).map(|(due, item)| (due - start, *item)).collect()
    };
    let ms = Duration::from_millis;
    assert_eq!(turns(0), [(ms(0), 0), (ms(30), 3), (ms(60), 6)]);
    assert_eq!(turns(1), [(ms(10), 1), (ms(40), 4)]);
    assert_eq!(turns(2), [(ms(20), 2), (ms(50), 5)]);
}
