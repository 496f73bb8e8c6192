"""What training and deriving cost, beside what others pay: `make bench`, or `python -m bench`.

    contest   the data: works that do the same, of ours and of peers, and the bars for their times
    contests  the contests, by network; each work is made from the same start and the same data
    peers     the same networks as others write them: NumPy by hand, PyTorch, JAX, scikit-learn
    ours      what derive writes of a model, loaded
    timing    works -> their times, in turns
    pair      a contest, a peer -> their times, in a process of its own
    growth    the same contests along batch, width and depth; deriving along layers and width
    figures   what is no ratio of two works: an import, a build, memory
    scale     steps in several processes, and on more machines by reckoning; alone
    report    all of these -> RESULTS.md; `plot` -> its pictures

tests/bench holds that all works of a contest compute the same.
"""
