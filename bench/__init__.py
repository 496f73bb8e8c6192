"""What training and deriving cost, beside what others pay: `make bench`, or `python -m bench`.

    contest   the data: works that do the same, of ours and of peers, and the bars for their times
    contests  the contests, by network; each work is made from the same start and the same data
    peers     the same networks as others write them: NumPy by hand, PyTorch, JAX, scikit-learn
    problems  sizes, weights to start from, data
    ours      what derive writes of a model, loaded
    timing    works -> their times, in turns
    pair      a contest, a peer -> their times, in a process of its own
    growth    the same contests along batch, width and depth
    deriving  what deriving costs along layers and width
    figures   what is no ratio of two works: an import, a build
    memory    what training holds at its peak, and from step to step
    processes Python started anew, without what the shell has set for libraries
    machine   what it is measured on
    results   the data: all that was measured
    report    results -> RESULTS.md; `plot` -> its pictures
    scale     steps in several processes, and on more machines by reckoning; alone

tests/bench holds that all works of a contest compute the same.
"""
