//! The whole service over a socket: start, answer, follow, end; and why it does not start.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::*;
use crate::base::Explain;
use crate::base::task::CancelToken;
use crate::serving::{Options, POLL, ServeError, run};
use crate::store::predictions::Predictions;

fn options(world: &World) -> Options {
    let trust = world.folder.path().join("owner.pub");
    std::fs::write(&trust, world.key.public().to_string()).unwrap();
    Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        registry: world.path(),
        predictions: world.folder.path().join("served.db"),
        trust,
        poll: POLL,
    }
}

/// The status and the body of a request over a connection of its own.
fn exchange(address: SocketAddr, request: &str) -> (u16, String) {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

fn get(address: SocketAddr, path: &str) -> (u16, String) {
    exchange(address, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
}

fn predict(address: SocketAddr) -> Value {
    let body = simple().to_string();
    let head = "POST /v1/predict HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json";
    let (status, answer) = exchange(address, &format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()));
    assert_eq!(status, 200, "{answer}");
    serde_json::from_str(&answer).unwrap()
}

#[test]
fn it_starts_answers_follows_and_ends() {
    let mut world = World::with(&[LEARNED.artifact("constant", 0), LEARNED.artifact("rule", 0)]);
    let (options, stop) = (options(&world), CancelToken::default());
    let predictions = options.predictions.clone();
    let (ready, address) = channel();
    let service = {
        let stop = stop.clone();
        std::thread::spawn(move || run(options, &stop, |address| ready.send(address).unwrap()))
    };
    let address = address.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(get(address, "/livez").0, 200);
    assert_eq!(get(address, "/readyz").0, 200);
    assert_eq!(get(address, "/nowhere").0, 404);
    assert_eq!(predict(address)["version"], "1.0.0");
    world.promote(v(1));
    let begin = Instant::now();
    while predict(address)["version"] != "1.1.0" {
        assert!(begin.elapsed() < Duration::from_secs(5));
        std::thread::sleep(Duration::from_millis(2));
    }
    println!("from the promotion to the first answer by the new version: {:?}", begin.elapsed());
    // A connection that says nothing does not keep the service from ending.
    let _idle = TcpStream::connect(address).unwrap();
    let begin = Instant::now();
    stop.cancel();
    service.join().unwrap().unwrap();
    assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
    assert!(TcpStream::connect(address).is_err());
    let counts = Predictions::open(&predictions).unwrap().counts().unwrap();
    assert_eq!(counts.iter().map(|count| count.version).collect::<Vec<_>>(), [v(0), v(1)]);
    assert_eq!(counts[1].predictions, 1);
}

#[test]
fn what_keeps_it_from_starting_is_told_apart() {
    let world = World::with(&[LEARNED.artifact("constant", 0)]);
    let key_of = |change: &dyn Fn(&mut Options)| {
        let mut options = options(&world);
        change(&mut options);
        let predictions = options.predictions.clone();
        let stop = CancelToken::default();
        let error: ServeError = run(options, &stop, |_| stop.cancel()).unwrap_err();
        assert!(!predictions.exists(), "{error}: a log was left behind");
        error.key()
    };
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = world.folder.path();
    let empty = folder.join("empty");
    std::fs::create_dir(&empty).unwrap();
    let damaged = folder.join("damaged.db");
    let mut bytes = std::fs::read(world.path()).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&damaged, bytes).unwrap();
    assert_eq!(key_of(&|options| options.listen = taken.local_addr().unwrap()), "address_in_use");
    assert_eq!(key_of(&|options| options.listen = "192.0.2.1:0".parse().unwrap()), "address_not_here");
    assert_eq!(key_of(&|options| options.trust = empty.clone()), "key_none_trusted");
    assert_eq!(key_of(&|options| options.trust = world.path()), "key_public_file_unreadable");
    assert_eq!(key_of(&|options| options.trust = folder.join("nowhere")), "key_io");
    assert_eq!(key_of(&|options| options.registry = folder.join("nowhere.db")), "database_missing");
    assert_eq!(key_of(&|options| options.registry = folder.join("owner.pub")), "database_not_sqlite");
    assert_eq!(key_of(&|options| options.registry = folder.join("predictions.db")), "database_foreign");
    assert_eq!(key_of(&|options| options.registry = damaged.clone()), "database_damaged");
}
