from IPython.display import IFrame
IFrame("https://your-site.example/#/lesson/two-chefs?embed=on", width="100%", height=480)
