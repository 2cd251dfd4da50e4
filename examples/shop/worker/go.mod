module shop/worker

go 1.25
