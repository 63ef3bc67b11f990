//! Streams and their cancelling over HTTP/2.

use super::{Client, Event, LONG, SHORT, target};
use crate::upstream::connect;
use bytes::Bytes;
use http::Response;
use http_body_util::StreamBody;
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

type Item = Result<Frame<Bytes>, Infallible>;

fn receive(
    mut items: mpsc::Receiver<&'static str>,
    gone: oneshot::Sender<()>,
) -> impl futures_util::Stream<Item = Item> {
    let mut gone = Some(gone);
    futures_util::stream::poll_fn(move |cx| {
        let _alive = &mut gone;
        let next = items.poll_recv(cx);
        next.map(|item| item.map(|text| Ok(Frame::data(Bytes::from_static(text.as_bytes())))))
    })
}

/// One streamed answer over HTTP/2 without TLS; `gone` resolves when the server drops the body.
async fn serve(
    listener: TcpListener,
    items: mpsc::Receiver<&'static str>,
    gone: oneshot::Sender<()>,
) {
    let answer = Arc::new(std::sync::Mutex::new(Some((items, gone))));
    let (socket, _) = listener.accept().await.unwrap();
    let service = service_fn(move |_: http::Request<Incoming>| {
        let (items, gone) = answer.lock().unwrap().take().unwrap();
        let body = StreamBody::new(receive(items, gone));
        let head = Response::builder().header("content-type", "text/event-stream");
        std::future::ready(head.body(body))
    });
    let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    let _ = server.serve_connection(TokioIo::new(socket), service).await;
}

#[tokio::test]
async fn streams_and_cancels_over_http2() {
    for leaves in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let (send, items) = mpsc::channel(8);
        let (gone, is_gone) = oneshot::channel::<()>();
        tokio::spawn(serve(listener, items, gone));
        let mut client = Client::new(target("t", &url));
        client.upstreams.client =
            connect::builder().http2_only(true).build(connect::connector(false).unwrap());
        send.send("data: 1\n\n").await.unwrap();
        let mut stream = client.stream().await;
        if leaves {
            drop(stream);
            assert!(tokio::time::timeout(LONG, is_gone).await.is_ok(), "the body was dropped");
            continue;
        }
        assert!(tokio::time::timeout(SHORT, is_gone).await.is_err(), "the body goes on");
        send.send("data: [DONE]\n\n").await.unwrap();
        drop(send);
        let mut batch = Vec::new();
        while stream.next_batch(&mut batch).await.unwrap() {}
        assert_eq!((batch.len(), batch.last()), (2, Some(&Event::Done)));
    }
}
